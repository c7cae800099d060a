using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.Cli.Display;
using SimClr.Server;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr serve INDEX|RUN</c>.</summary>
internal static class ServeCommand
{
    public static Command Build(string name, string description)
    {
        var served = new Argument<string?>("INDEX|RUN")
        {
            Description = "an index file, as simclr index --out made it, or a run folder, of which vectors are served",
        };
        var port = new ValueOption("--port", "N", "the port; 0 takes any that is free") { Default = "8080" };
        var listen = new ValueOption("--listen", "ADDRESS", "where to listen; 0.0.0.0 lets other machines in")
        {
            Default = "127.0.0.1",
        };
        var upload = new ValueOption("--max-upload-mb", "N", "the largest picture file that is taken, in MB") { Default = "20" };
        var pixels = new ValueOption("--max-megapixels", "N", "the largest picture that is decoded") { Default = "50" };
        var images = new ValueOption("--images", "DIR,…",
            "show pictures from these folders alone; by default from the one that all of the index have in common");
        var access = new ServeAccessOptions();
        var command = new Command(name, description) { served, port, listen, upload, pixels, images };
        access.AddTo(command);
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["INDEX|RUN [options]"],
            ["pictures.index", "pictures.index --port 9000", "runs/mine",
                "pictures.index --public-name photos.example.com --trusted-proxy 127.0.0.1 --token-file token"],
            "Open the address that it prints in a browser, drop a picture on the page and see those that are most like it. "
            + "Programs use the REST interface, which /openapi/v1.json describes. Ctrl-C ends it.",
            "Memory: beyond what it takes at its start, at most 17 MB for each MB of --max-upload-mb, 16 MB for each megapixel "
            + "of --max-megapixels, and 600 MB; it is given back when the pictures are done.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            return Serve(session, access, parsed, parsed.GetValue(served)!, new()
            {
                Port = port.Whole(parsed, 8080),
                Listen = listen.Text(parsed) ?? "127.0.0.1",
                MaxUploadMegabytes = upload.Whole(parsed, 20),
                MaxMegapixels = pixels.Whole(parsed, 50),
                ImageFolders = images.Text(parsed)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            });
        });
        return command;
    }

    // Apart from Build, which help needs: what names the server's types loads ASP.NET.
    private static int Serve(
        Session session, ServeAccessOptions access, ParseResult parsed, string served, ServerOptions options)
    {
        options = options with
        {
            PublicNames = access.PublicNames(parsed),
            TrustedProxies = access.TrustedProxies(parsed),
            Token = access.Token(parsed),
            AllowWithoutToken = access.AllowWithoutToken(parsed),
            Certificate = access.Certificate(parsed),
            CertificateKey = access.CertificateKey(parsed),
            CertificatePassword = ServeAccessOptions.CertificatePassword,
        };
        try
        {
            options.Validated();
        }
        catch (ServerException e)
        {
            throw new UsageException(SettingWords.Of(e, parsed.CommandResult.Command));
        }
        var server = SearchServer.StartAsync(served, options, session.Note, session.Cancellation).GetAwaiter().GetResult();
        var subject = server.Count > 0 ? $"Searching {Numbers.Count(server.Count)} pictures" : $"Serving vectors of {server.Run}";
        session.Results.WriteLine($"{subject} at {server.Address} (Ctrl-C ends it)");
        IndexPlace.TellOfRescaled(session, served, server.Rescaled);
        if (server.ImageFolders.Count > 0)
            session.Note($"Pictures are shown from {string.Join(" and ", server.ImageFolders)}; --images DIR,… names others");
        if (server.PicturesAreHidden)
            session.Notes.WriteLine("No picture files are shown: they have no folder in common; --images DIR,… names those that may be.");
        session.Note($"It takes at most {Megabytes(server.MostMemory)} MB of memory");
        if (server.MostMemory > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            session.Notes.WriteLine("Warning: there is less memory than that; lower --max-megapixels or --max-upload-mb.");
        if (options.AllowWithoutToken)
            session.Notes.WriteLine("Warning: whoever reaches it can search and sees small pictures; there is no password.");
        session.WriteJson(new JsonObject
        {
            ["url"] = server.Address.ToString(),
            ["run"] = server.Run,
            ["count"] = server.Count,
            ["dimension"] = server.Dimension,
            ["most_memory_mb"] = Megabytes(server.MostMemory),
        }.ToJsonString());
        session.Cancellation.WaitHandle.WaitOne();
        session.Note("ending");
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return ExitCode.Interrupted;
    }

    private static long Megabytes(long bytes) => (bytes + 999_999) / 1_000_000;
}
