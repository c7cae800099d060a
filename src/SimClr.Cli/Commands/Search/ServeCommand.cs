using System.CommandLine;
using System.Text.Json.Nodes;
using SimClr.AspNetCore;
using SimClr.Cli.Display;
using Spectre.Console;

namespace SimClr.Cli.Commands;

/// <summary><c>simclr serve INDEX|RUN</c>.</summary>
internal static class ServeCommand
{
    private const string Access = "Access", PasswordVariable = "SIMCLR_CERTIFICATE_PASSWORD";

    public static Command Build(string name, string description)
    {
        var command = new PageCommand(name, description)
        {
            Usage = ["INDEX|RUN [options]"],
            Examples =
            [
                "pictures.index", "pictures.index --port 9000", "runs/mine",
                "pictures.index --public-name photos.example.com --trusted-proxy 127.0.0.1 --token-file token",
            ],
            Notes =
            [
                "Open the address that it prints in a browser, drop an image on the page and see those that are most like it. "
                + "Programs use the REST interface, which /openapi/v1.json describes. Ctrl-C ends it.",
                "Memory: beyond what it takes at its start, at most 17 MB for each MB of --max-upload-mb, 16 MB for each "
                + "megapixel of --max-megapixels, and 600 MB; it is given back when the images are done.",
            ],
        };
        var served = command.Take(new Argument<string>("INDEX|RUN")
        {
            Description = "an index file, as simclr index --out made it, or a run folder, of which vectors are served",
        });
        var options = new OptionSet<ServerOptions>(command, new())
            .Add(o => o.Port, (o, v) => o with { Port = v }, "N", "the port; 0 takes any that is free")
            .Add(o => o.Listen, (o, v) => o with { Listen = v }, "ADDRESS", "where to listen; 0.0.0.0 lets other machines in")
            .Add(o => o.MaxUploadMegabytes, (o, v) => o with { MaxUploadMegabytes = v }, "N",
                "the largest image file that is taken, in MB", "--max-upload-mb")
            .Add(o => o.MaxMegapixels, (o, v) => o with { MaxMegapixels = v }, "N", "the largest image that is decoded")
            .Add(o => o.ImageFolders, (o, v) => o with { ImageFolders = v }, "DIR,…",
                "show images from these folders alone; by default from the one that all of the index have in common",
                "--images");
        var token = command.Take(ServeToken.Option(Access));
        options.Under(Access)
            .AddFlag("--no-token", o => o with { AllowWithoutToken = true },
                "let others than this machine in without: something else checks them")
            .Add(o => o.PublicNames, (o, v) => o with { PublicNames = v }, "NAME[:PORT],...",
                "names under which a proxy makes it known", "--public-name")
            .Add(o => o.TrustedProxies, (o, v) => o with { TrustedProxies = v }, "ADDRESS,...",
                "proxies whose X-Forwarded-For, -Host and -Proto are believed", "--trusted-proxy")
            .Add(o => o.Certificate, (o, v) => o with { Certificate = v }, "FILE",
                "speak HTTPS with this certificate, a .pem or .pfx file, and no HTTP")
            .Add(o => o.CertificateKey, (o, v) => o with { CertificateKey = v }, "FILE",
                $"its private key, a .pem file; the password, if any, is in {PasswordVariable}");
        return command.Does((session, parsed) => Serve(session, command, parsed.GetValue(served)!, options.Read(parsed) with
        {
            Token = ServeToken.Read(parsed.GetValue(token)),
            CertificatePassword = Environment.GetEnvironmentVariable(PasswordVariable),
        }));
    }

    // Apart from Build, which help needs: what names the server's types loads ASP.NET.
    private static int Serve(Session session, Command command, string served, ServerOptions options)
    {
        try
        {
            options.Validated();
        }
        catch (ServerException e)
        {
            throw new UsageException(SettingWords.Of(e, command));
        }
        var server = SearchServer.StartAsync(served, options, session.Logger, session.Cancellation).GetAwaiter().GetResult();
        var subject = server.Count > 0 ? $"Searching {Numbers.Count(server.Count)} images" : $"Serving vectors of {server.Run}";
        session.Results.WriteLine($"{subject} at {server.Address} (Ctrl-C ends it)");
        IndexPlace.TellOfRescaled(session, served, server.Rescaled);
        if (server.ImageFolders.Count > 0)
            session.Note($"Images are shown from {string.Join(" and ", server.ImageFolders)}; --images DIR,… names others");
        if (server.ImagesAreHidden)
            session.Notes.WriteLine(
                "No image files are shown: they have no folder in common; --images DIR,… names those that may be.");
        session.Note($"It takes at most {Megabytes(server.MaxMemory)} MB of memory");
        if (server.MaxMemory > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            session.Notes.WriteLine("Warning: there is less memory than that; lower --max-megapixels or --max-upload-mb.");
        if (options.AllowWithoutToken)
            session.Notes.WriteLine("Warning: whoever reaches it can search and sees small images; there is no password.");
        session.WriteJson(new JsonObject
        {
            ["url"] = server.Address.ToString(),
            ["run"] = server.Run,
            ["count"] = server.Count,
            ["dimension"] = server.Dimension,
            ["most_memory_mb"] = Megabytes(server.MaxMemory),
        }.ToJsonString());
        session.Cancellation.WaitHandle.WaitOne();
        session.Note("ending");
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return ExitCode.Interrupted;
    }

    private static long Megabytes(long bytes) => (bytes + 999_999) / 1_000_000;
}
