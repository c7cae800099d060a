using System.Reflection;
using System.Text.RegularExpressions;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.House;

/// <summary>The floors of <c>src/SimClr</c>: a folder is a namespace and imports only from lower floors.</summary>
public sealed partial class ArchitectureTests
{
    // Evaluation, Search and Classification are siblings on Features: none imports another.
    private static readonly string[][] Building =
    [
        ["Files", "Native"],
        ["Numerics"],
        ["Images"],
        ["Augmentation", "Losses", "Optimization"],
        ["Data", "Models"],
        ["Settings"],
        ["Runs"],
        ["Training", "Features"],
        ["Evaluation", "Search", "Classification"],
        ["Onnx"],
    ];

    private static readonly Dictionary<string, int> Floors =
        Building.SelectMany((folders, floor) => folders.Select(name => (name, floor))).ToDictionary(p => p.name, p => p.floor);

    // The base of all exceptions, which every folder sees without a using.
    private const string AtTheRoot = "SimClrException.cs";

    private static readonly string[] ForbiddenFolders = ["Utils", "Utilities", "Helpers", "Internal", "Common", "Misc", "Shared"];

    private static readonly string Source = Path.Combine(RealData.RepositoryRoot, "src", "SimClr");

    [Fact]
    public void Every_folder_has_a_floor() =>
        Assert.Empty(Folders(Source).Select(path => Path.GetFileName(path)).Except(Floors.Keys));

    [Fact]
    public void The_floors_of_the_design_document_are_these()
    {
        var rows = FloorRow().Matches(File.ReadAllText(Path.Combine(RealData.RepositoryRoot, "docs", "design.md")));
        Assert.Equal(Enumerable.Range(0, Building.Length), rows.Select(row => int.Parse(row.Groups[1].Value)));
        Assert.All(rows.Zip(Building), pair => Assert.Equal(pair.Second.Order(),
            RoomName().Matches(pair.First.Groups[2].Value).Select(name => name.Groups[1].Value).Order()));
    }

    [Fact]
    public void Every_file_but_one_lies_in_a_folder_and_its_namespace_is_the_folders()
    {
        foreach (var (path, folder, code) in Files())
            Assert.True(Regex.IsMatch(code, $@"^namespace SimClr\.{folder}\b", RegexOptions.Multiline), path);
        Assert.Equal([AtTheRoot], Directory.EnumerateFiles(Source, "*.cs").Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void Folders_import_only_from_lower_floors()
    {
        var wrong = from file in Files()
                    from used in Uses(file.Code)
                    where used != file.Folder && Floors[used] >= Floors[file.Folder]
                    select $"{file.Path}: {file.Folder} (floor {Floors[file.Folder]}) uses {used} (floor {Floors[used]})";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void The_search_for_imports_sees_usings_full_names_and_names_relative_to_the_root_namespace()
    {
        Assert.Equal(["Images"], Uses("using SimClr.Images;"));
        Assert.Equal(["Images"], Uses("using static SimClr.Images.ImageCodec;"));
        Assert.Equal(["Images"], Uses("var x = new global::SimClr.Images.RgbImage(1, 1);"));
        Assert.Equal(["Images"], Uses("var x = new Images.RgbImage(1, 1);"));
        Assert.Empty(Uses("var x = batch.Images.RgbImage + Images.Count; // SimClr.Images"));
    }

    [Fact]
    public void Our_namespaces_are_never_imported_for_a_whole_project()
    {
        var root = Path.Combine(RealData.RepositoryRoot, "src");
        var all = Directory.EnumerateFiles(root, "*.cs*", SearchOption.AllDirectories).Where(IsSource);
        Assert.All(all, path => Assert.False(GlobalUsing().IsMatch(File.ReadAllText(path)), path));
    }

    [Fact]
    public void No_folder_is_a_drawer_for_everything()
    {
        var tops = new[] { "src", "tests" }.Select(top => Path.Combine(RealData.RepositoryRoot, top));
        var names = tops.SelectMany(top => Folders(top, SearchOption.AllDirectories)).Select(path => Path.GetFileName(path));
        Assert.All(names, name => Assert.DoesNotContain(name, ForbiddenFolders, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_room_shows_at_most_twenty_files()
    {
        var crowded = from top in new[] { "src", "tests" }
                      from folder in Folders(Path.Combine(RealData.RepositoryRoot, top), SearchOption.AllDirectories)
                      let files = Directory.GetFiles(folder, "*.cs").Length
                      where files > 20
                      select $"{folder}: {files}";
        Assert.Empty(crowded);
    }

    [Fact]
    public void No_line_is_longer_than_130_columns()
    {
        string[] tops = ["src", "tests", "samples", "fuzz", "lab", "benchmarks"];
        var wide = from top in tops
                   let folder = Path.Combine(RealData.RepositoryRoot, top)
                   from path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                   where IsSource(path)
                   from line in File.ReadLines(path).Index()
                   where line.Item.Length > 130
                   select $"{path}:{line.Index + 1}";
        Assert.Empty(wide);
    }

    [Fact]
    public void Every_file_of_a_product_has_its_projects_namespace()
    {
        foreach (var project in Directory.EnumerateFiles(Path.Combine(Source, ".."), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            foreach (var path in Directory.EnumerateFiles(Path.GetDirectoryName(project)!, "*.cs", SearchOption.AllDirectories)
                .Where(IsSource))
                Assert.True(Path.GetFileName(path) == "Program.cs" || File.ReadAllText(path)
                    .Contains($"namespace {name}", StringComparison.Ordinal), path);
        }
    }

    [Fact]
    public void No_product_sees_the_internals_of_another()
    {
        var projects = Directory.GetFiles(Path.Combine(Source, ".."), "*.csproj", SearchOption.AllDirectories);
        var products = projects.Select(path => Path.GetFileNameWithoutExtension(path)).ToHashSet();
        var friends = from project in projects
                      from Match match in FriendAssembly().Matches(File.ReadAllText(project))
                      where products.Contains(match.Groups[1].Value)
                      select $"{Path.GetFileName(project)}: {match.Groups[1].Value}";
        Assert.Equal(8, products.Count);
        Assert.Empty(friends);
    }

    [Fact]
    public void The_library_brings_no_back_end_no_plots_and_no_console()
    {
        var packages = PackageName().Matches(File.ReadAllText(Path.Combine(Source, "SimClr.csproj")))
            .Select(match => match.Groups[1].Value);
        Assert.Equal(["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.Extensions.Logging.Abstractions", "Parquet.Net",
            "SkiaSharp",
            "TorchSharp"], packages.Order());
    }

    [Fact]
    public void The_library_knows_nothing_of_the_web() =>
        Assert.DoesNotContain(typeof(SimClr.Images.RgbImage).Assembly.GetReferencedAssemblies(),
            name => name.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    [Fact]
    public void Only_the_fetching_of_encoders_the_server_and_the_database_know_a_network()
    {
        Assembly[] silent =
        [
            typeof(SimClr.Images.RgbImage).Assembly, typeof(SimClr.Reporting.RunReport).Assembly,
            typeof(SimClr.Studies.Study).Assembly, typeof(SimClr.Extensions.ImageEmbeddingGenerator).Assembly,
        ];
        Assert.All(silent, assembly => Assert.DoesNotContain(assembly.GetReferencedAssemblies(), name =>
            name.Name!.StartsWith("System.Net", StringComparison.Ordinal)
            || name.Name.StartsWith("NuGet", StringComparison.Ordinal)));
        Assert.Contains(typeof(SimClr.Pretrained.PretrainedEncoders).Assembly.GetReferencedAssemblies(),
            name => name.Name!.StartsWith("NuGet", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_the_commands_only_serve_knows_the_server()
    {
        // Its assemblies, and ASP.NET's, are loaded by the first method that names their types.
        var commands = Directory.EnumerateFiles(Path.Combine(Source, "..", "SimClr.Cli"), "*.cs", SearchOption.AllDirectories);
        var knowing = commands.Where(IsSource)
            .Where(path => File.ReadAllText(path).Contains("SimClr.AspNetCore", StringComparison.Ordinal));
        Assert.Equal("ServeCommand.cs", Path.GetFileName(Assert.Single(knowing)));
        var server = Directory.EnumerateFiles(Path.Combine(Source, "..", "SimClr.AspNetCore"), "*.cs",
            SearchOption.AllDirectories);
        Assert.All(server.Where(IsSource),
            path => Assert.Contains("\nnamespace SimClr.AspNetCore;", "\n" + File.ReadAllText(path)));
    }

    private static IEnumerable<(string Path, string Folder, string Code)> Files() =>
        from path in Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        where IsSource(path)
        let relative = Path.GetRelativePath(Source, path)
        where relative != AtTheRoot
        select (relative, relative.Split(Path.DirectorySeparatorChar)[0], File.ReadAllText(path));

    private static IEnumerable<string> Folders(string root, SearchOption depth = SearchOption.TopDirectoryOnly) =>
        Directory.EnumerateDirectories(root, "*", depth).Where(path => IsSource(path + Path.DirectorySeparatorChar));

    private static bool IsSource(string path) => !GeneratedFolder().IsMatch(path);

    private static IEnumerable<string> Uses(string code)
    {
        var bare = Comment().Replace(code, "");
        var full = FullName().Matches(bare).Select(match => match.Groups[1].Value);
        // Within namespace SimClr.A, the name B.Type means SimClr.B.Type if there is such a type.
        var relative = RelativeName().Matches(bare).Where(match => IsType(match.Groups[1].Value, match.Groups[2].Value))
            .Select(match => match.Groups[1].Value);
        return full.Concat(relative).Where(Floors.ContainsKey).Distinct();
    }

    private static bool IsType(string folder, string name) =>
        Floors.ContainsKey(folder) && typeof(SimClr.Images.RgbImage).Assembly.GetType($"SimClr.{folder}.{name}") is not null;

    // A row of the table of floors: its number and its rooms.
    [GeneratedRegex(@"^\| (\d+) \| (.+)$", RegexOptions.Multiline)]
    private static partial Regex FloorRow();

    [GeneratedRegex("`([A-Z][A-Za-z]+)`")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bSimClr\.(\w+)")]
    private static partial Regex FullName();

    [GeneratedRegex(@"(?<![\w.])([A-Z]\w+)\.([A-Z]\w+)")]
    private static partial Regex RelativeName();

    [GeneratedRegex(@"global\s+using\s+(static\s+)?SimClr|<Using\s+Include=""SimClr")]
    private static partial Regex GlobalUsing();

    [GeneratedRegex(@"InternalsVisibleTo Include=""([\w.]+)""")]
    private static partial Regex FriendAssembly();

    [GeneratedRegex(@"PackageReference Include=""([\w.]+)""")]
    private static partial Regex PackageName();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex GeneratedFolder();
}
