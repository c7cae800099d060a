using System.Text.Json;
using System.Text.Json.Nodes;
using SimClr.Files;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>The folder of one run and the files in it. Files are written aside and renamed, so none is ever half there.</summary>
public sealed class RunFolder
{
    // Members of a higher room, as messages name them; a test holds them against the members.
    internal const string Running = "Pretrainer.Run", Resuming = "Pretrainer.Resume";

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Every setting that shaped the run, and the versions.</summary>
    public string Config => File("config.json");

    /// <summary>One JSON object per logged step.</summary>
    public string Metrics => File("metrics.jsonl");

    /// <summary>One JSON object per image that could not be read; there is no such file when all could.</summary>
    public string Unreadable => File("unreadable.jsonl");

    /// <summary>Final figures, written last.</summary>
    public string Summary => File("summary.json");

    /// <summary>The encoder f with torchvision's names.</summary>
    public string Encoder => File("encoder.safetensors");

    /// <summary>The projection head g.</summary>
    public string Projection => File("projection.safetensors");

    /// <summary>Resumable states.</summary>
    public string Checkpoints => File("checkpoints");

    /// <summary>Held by the process that trains, and gone when it ends.</summary>
    internal string LockFile => File(".lock");

    /// <summary>The report for people.</summary>
    public string Report => File("report.html");

    /// <summary>The folder of the curves for TensorBoard.</summary>
    public string TensorBoard => File("tensorboard");

    /// <summary>The result of an evaluation protocol, for example <c>evaluation-linear.json</c>.</summary>
    /// <param name="protocol"><c>linear</c>, <c>linear-sgd</c> or <c>knn</c>.</param>
    /// <param name="layer">0 for the encoder, otherwise a layer of the head: <c>evaluation-linear-layer1.json</c>.</param>
    /// <param name="useViews">
    /// 1, or over how many views of each image its features were averaged: <c>evaluation-linear-views10.json</c>.
    /// </param>
    public string Evaluation(string protocol, int layer = 0, int useViews = 1) =>
        File($"evaluation-{protocol}{Variant(layer, useViews)}.json");

    /// <summary>The image of a protocol's confusion matrix, for example <c>confusion-linear.png</c>.</summary>
    /// <inheritdoc cref="Evaluation"/>
    public string Confusion(string protocol, int layer = 0, int useViews = 1) =>
        File($"confusion-{protocol}{Variant(layer, useViews)}.png");

    private static string Variant(int layer, int useViews) =>
        FormattableString.Invariant($"{(layer == 0 ? "" : $"-layer{layer}")}{(useViews == 1 ? "" : $"-views{useViews}")}");

    /// <summary>A file in the folder.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Refuses a folder in which a run cannot begin, before there is anything to write.</summary>
    /// <exception cref="RunFolderException">The folder holds a run already, or is a file.</exception>
    public static void RequireUnused(string path) => new RunFolder(path).RequireNoRun();

    /// <summary>Makes a folder for a new run.</summary>
    /// <exception cref="RunFolderException">The folder holds a run already, is a file, or cannot be written.</exception>
    public static RunFolder Create(string path)
    {
        var run = new RunFolder(path);
        run.RequireNoRun();
        try
        {
            Directory.CreateDirectory(path);
            var probe = run.File($".probe-{Guid.NewGuid():N}");
            System.IO.File.WriteAllText(probe, "");
            System.IO.File.Delete(probe);
            return run;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{path} cannot be written: {e.Message}", e) { File = path };
        }
    }

    /// <summary>Makes sure that there is no run yet.</summary>
    /// <exception cref="RunFolderException">There is one.</exception>
    internal void RequireNoRun()
    {
        if (System.IO.File.Exists(Config))
            throw new RunFolderException(
                $"{Path} holds a run already; continue it with {Resuming} {Path}, or give another runFolder.")
            {
                File = Path,
                Named = [Resuming, "runFolder"],
            };
    }

    /// <summary>
    /// Makes sure that what is written stays in the folder. A run that came from somebody else could hold links to other places.
    /// </summary>
    /// <exception cref="RunFolderException">Something that is written to is a link.</exception>
    public void RequireNoLinks()
    {
        string[] written = [Metrics, Unreadable, TensorBoard, Checkpoints];
        if (Array.Find(written, path => new FileInfo(path).LinkTarget is not null) is { } link)
            throw new RunFolderException(
                $"{link} is a link, and a run writes in its own folder alone; put what it leads to in its place.");
    }

    /// <summary>Opens the folder of an existing run.</summary>
    /// <param name="path">The folder, or the name of an encoder in the <see cref="EncoderCache"/>.</param>
    /// <exception cref="RunFolderException">There is no run there.</exception>
    public static RunFolder Open(string path)
    {
        path = EncoderCache.Resolve(path);
        var run = new RunFolder(path);
        if (!Directory.Exists(path))
            throw new RunFolderException($"{path} does not exist; give the folder that {Running} made.")
            {
                File = path,
                Named = [Running],
            };
        if (!System.IO.File.Exists(run.Config))
            throw new RunFolderException($"{path} is not a run: it holds no config.json.") { File = path };
        return run;
    }

    /// <summary>Makes sure that there is an encoder.</summary>
    /// <exception cref="RunFolderException">The run has none yet.</exception>
    public void RequireEncoder()
    {
        if (!System.IO.File.Exists(Encoder))
            throw new RunFolderException($"{Path} has no encoder yet; let pretraining come to its end "
                + $"({Resuming} {Path}).")
            {
                File = Path,
                Named = [Resuming],
            };
    }

    /// <summary>The settings in <c>config.json</c>.</summary>
    /// <exception cref="RunFolderException">The file is damaged.</exception>
    public RunConfig ReadConfig()
    {
        try
        {
            var text = BoundedFile.ReadText(Config, BoundedFile.MaxSettingsBytes);
            return RunConfig.FromJson(JsonNode.Parse(text, documentOptions: JsonText.StrictDocument) as JsonObject
                ?? throw new JsonException("it holds no JSON object."));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or SettingsException or IOException
            or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{Config} is damaged: {e.Message}", e) { File = Config };
        }
    }

    /// <summary>The summary, or null when the run has not come to its end.</summary>
    /// <exception cref="RunFolderException">The file is damaged.</exception>
    public PretrainingSummary? ReadSummary()
    {
        if (!System.IO.File.Exists(Summary)) return null;
        try
        {
            return PretrainingSummary.FromJson(BoundedFile.ReadText(Summary, BoundedFile.MaxSettingsBytes));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RunFolderException($"{Summary} is damaged: {e.Message}", e) { File = Summary };
        }
    }

    /// <summary>
    /// Takes back a run that failed before there was anything to continue from, so that the same command can be given again.
    /// A run with a checkpoint stays.
    /// </summary>
    /// <returns>Whether it was taken back.</returns>
    internal bool DiscardUnlessResumable()
    {
        if (Directory.Exists(Checkpoints))
        {
            if (Directory.EnumerateFileSystemEntries(Checkpoints).Any()) return false;
            Directory.Delete(Checkpoints);
        }
        System.IO.File.Delete(Config);
        System.IO.File.Delete(Metrics);
        System.IO.File.Delete(Unreadable);
        if (Directory.Exists(TensorBoard)) Directory.Delete(TensorBoard, recursive: true);
        return true;
    }

    /// <summary>Removes the folder where nothing is in it.</summary>
    internal void RemoveIfEmpty()
    {
        if (!Directory.EnumerateFileSystemEntries(Path).Any()) Directory.Delete(Path);
    }

    /// <summary>
    /// Removes what a killed process left unfinished. Only for the one that holds the lock: files of evaluations, which may be
    /// under way in other processes, are left alone.
    /// </summary>
    internal void RemoveUnfinished()
    {
        string[] files = [Config, Metrics, Unreadable, Summary, Encoder, Projection];
        foreach (var name in files.Select(file => System.IO.Path.GetFileName(file)))
            foreach (var unfinished in Directory.GetFiles(Path, $"{name}*{AsideName.Suffix}"))
                AtomicFile.TryDelete(unfinished);
    }

    internal void WriteSummary(PretrainingSummary summary) => Write(Summary, summary.ToJson().ToJsonString(JsonText.Indented));

    internal void WriteConfig(RunConfig config) => Write(Config, config.ToJson());

    /// <summary>Writes a file of a run whole or not at all (<see cref="AtomicFile"/>).</summary>
    /// <exception cref="RunFolderException">It cannot be written; what was there is as it was.</exception>
    internal static void Write(string path, string content)
    {
        try
        {
            AtomicFile.Write(path, content);
        }
        catch (IOException e)
        {
            throw new RunFolderException(e.Message, e) { File = path };
        }
    }
}
