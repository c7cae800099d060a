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
        var listen = new ValueOption("--listen", "ADDRESS", "where to listen; 0.0.0.0 lets other machines in, without a password")
        {
            Default = "127.0.0.1",
        };
        var upload = new ValueOption("--max-upload-mb", "N", "the largest picture file that is taken, in MB") { Default = "20" };
        var pixels = new ValueOption("--max-megapixels", "N", "the largest picture that is decoded") { Default = "50" };
        var command = new Command(name, description) { served, port, listen, upload, pixels };
        var common = Session.AddOptions(command);
        HelpText.Describe(command, ["INDEX|RUN [options]"], ["pictures.index", "pictures.index --port 9000", "runs/mine"],
            "Open the address that it prints in a browser, drop a picture on the page and see those that are most like it. "
            + "Programs use the REST interface, which /openapi/v1.json describes. Ctrl-C ends it.");
        command.SetAction(parsed =>
        {
            using var session = Session.Open(parsed, common);
            return Serve(session, parsed.GetValue(served)!, new()
            {
                Port = port.Whole(parsed, 8080),
                Listen = listen.Text(parsed) ?? "127.0.0.1",
                MaxUploadMegabytes = upload.Whole(parsed, 20),
                MaxMegapixels = pixels.Whole(parsed, 50),
            });
        });
        return command;
    }

    // Apart from Build, which help needs: what names the server's types loads ASP.NET.
    private static int Serve(Session session, string served, ServerOptions options)
    {
        try
        {
            options.Validated();
        }
        catch (ServerException e)
        {
            throw new UsageException(e.Message);
        }
        var server = SearchServer.StartAsync(served, options, session.Note, session.Cancellation).GetAwaiter().GetResult();
        var subject = server.Count > 0 ? $"Searching {Numbers.Count(server.Count)} pictures" : $"Serving vectors of {server.Run}";
        session.Results.WriteLine($"{subject} at {server.Address} (Ctrl-C ends it)");
        if (server.IsWide)
            session.Notes.WriteLine("Warning: other machines can reach it and see small pictures; there is no password.");
        session.WriteJson(new JsonObject
        {
            ["url"] = server.Address.ToString(),
            ["run"] = server.Run,
            ["count"] = server.Count,
            ["dimension"] = server.Dimension,
        }.ToJsonString());
        session.Cancellation.WaitHandle.WaitOne();
        session.Note("ending");
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return ExitCode.Interrupted;
    }
}
