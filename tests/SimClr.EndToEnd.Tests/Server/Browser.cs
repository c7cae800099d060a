using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using SimClr.Tests.Fixtures;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>
/// A page in a Chromium without a window, driven by the Chrome DevTools Protocol. The program is the one that
/// <c>SIMCLR_TEST_BROWSER</c> names, or the first of the usual names on the path.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private readonly TemporaryFolder _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _piece = new byte[64 * 1024];
    private int _commands;
    private string? _password;

    private Browser(TemporaryFolder profile, Process process) => (_profile, _process) = (profile, process);

    /// <summary>What the page did not manage: exceptions of scripts, and what its security policy kept out.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Opens an address, or skips the test where there is no browser.</summary>
    /// <param name="address">What is opened.</param>
    /// <param name="password">What is typed where the browser asks for a password while it opens the page; or null.</param>
    /// <param name="arguments">Further arguments of the program.</param>
    public static async Task<Browser> Open(Uri address, string? password = null, params string[] arguments)
    {
        var named = Environment.GetEnvironmentVariable("SIMCLR_TEST_BROWSER");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var program = named is { Length: > 0 } ? named
            : folders.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "There is no Chromium; install it, or set SIMCLR_TEST_BROWSER to its path.");
        var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            "--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile.FullPath}", "--no-sandbox", "--disable-gpu",
            "--no-first-run", "--disable-background-networking", "--disable-extensions", "--disable-dev-shm-usage", "about:blank",
        }.Concat(arguments))
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var browser = new Browser(profile, process);
        try
        {
            await browser.Connect();
            foreach (var domain in new[] { "Page", "Runtime", "Log", "DOM" }) await browser.Send($"{domain}.enable");
            browser._password = password;
            if (password is not null) await browser.Send("Fetch.enable", new() { ["handleAuthRequests"] = true });
            await browser.Send("Page.navigate", new() { ["url"] = address.ToString() });
            await browser.Until("document.readyState === 'complete' && location.href !== 'about:blank'");
            // From here on the browser is by itself, with what it remembers.
            if (password is not null) await browser.Send("Fetch.disable");
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command and waits for its result.</summary>
    public async Task<JsonNode> Send(string method, JsonObject? parameters = null)
    {
        var id = await Post(method, parameters ?? []);
        while (true)
        {
            var message = await Receive();
            await AnswerForPerson(message);
            if (message["id"]?.GetValue<int>() == id)
                return message["result"] ?? throw new InvalidOperationException($"{method}: {message["error"]}");
            var entry = message["params"]?["entry"];
            if (message["method"]?.GetValue<string>() == "Runtime.exceptionThrown") Complaints.Add(message.ToJsonString());
            if (entry?["source"]?.GetValue<string>() is "security" or "violation") Complaints.Add(entry.ToJsonString());
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<string> Evaluate(string expression)
    {
        var result = await Send("Runtime.evaluate", new()
        {
            ["expression"] = $"String({expression})",
            ["awaitPromise"] = true,
            ["returnByValue"] = true,
            ["userGesture"] = true,
        });
        Assert.Null(result["exceptionDetails"]);
        return result["result"]!["value"]!.GetValue<string>();
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task Until(string condition)
    {
        var watch = Stopwatch.StartNew();
        while (await Evaluate(condition) != "true")
        {
            if (watch.Elapsed > TimeSpan.FromMinutes(1))
                Assert.Fail($"never: {condition}\n{await Evaluate("document.body?.innerText")}");
            await Task.Delay(50);
        }
    }

    /// <summary>Presses a key in the focused element.</summary>
    public async Task Press(string key, int code, string? text = null)
    {
        foreach (var type in new[] { text is null ? "rawKeyDown" : "keyDown", "keyUp" })
        {
            var parameters = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
            if (text is not null && type == "keyDown") parameters["text"] = text;
            await Send("Input.dispatchKeyEvent", parameters);
        }
    }

    /// <summary>Drops a file on the page.</summary>
    public Task Drop(byte[] bytes, string name, string type) => Evaluate($$"""
        (() => {
          const bytes = Uint8Array.from(atob("{{Convert.ToBase64String(bytes)}}"), c => c.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], {{JsonValue.Create(name).ToJsonString()}}, { type: "{{type}}" }));
          const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
          document.getElementById("zone").dispatchEvent(drop);
        })()
        """);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(Patience());
        _process.Dispose();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _profile.Dispose();
                return;
            }
            catch (IOException) when (attempt < 20)
            {
                await Task.Delay(100); // its last child is still writing
            }
        }
    }

    private async Task<int> Post(string method, JsonObject parameters)
    {
        var id = ++_commands;
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(command.ToJsonString()), WebSocketMessageType.Text, true, Patience());
        return id;
    }

    /// <summary>Types the password where it is asked for.</summary>
    private async Task AnswerForPerson(JsonNode message)
    {
        var request = message["params"]?["requestId"]?.GetValue<string>();
        switch (message["method"]?.GetValue<string>())
        {
            case "Fetch.requestPaused":
                await Post("Fetch.continueRequest", new() { ["requestId"] = request });
                break;
            case "Fetch.authRequired":
                var words = new JsonObject { ["response"] = "ProvideCredentials", ["username"] = "me", ["password"] = _password };
                await Post("Fetch.continueWithAuth", new() { ["requestId"] = request, ["authChallengeResponse"] = words });
                break;
        }
    }

    private async Task Connect()
    {
        var file = _profile.At("DevToolsActivePort");
        var watch = Stopwatch.StartNew();
        while (!File.Exists(file) || File.ReadAllLines(file).Length < 2)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1) && !_process.HasExited, "Chromium does not start.");
            await Task.Delay(50);
        }
        using var client = new HttpClient();
        var list = await client.GetStringAsync($"http://127.0.0.1:{File.ReadAllLines(file)[0]}/json/list");
        var pages = JsonNode.Parse(list)!.AsArray();
        var page = pages.First(target => target!["type"]!.GetValue<string>() == "page")!;
        await _socket.ConnectAsync(new Uri(page["webSocketDebuggerUrl"]!.GetValue<string>()), Patience());
    }

    private async Task<JsonNode> Receive()
    {
        using var message = new MemoryStream();
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(_piece, Patience());
            message.Write(_piece, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;
}
