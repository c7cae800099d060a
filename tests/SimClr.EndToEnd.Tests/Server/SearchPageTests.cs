using System.Text.Json.Nodes;

namespace SimClr.EndToEnd.Tests.Server;

/// <summary>The page in a browser, as people use it.</summary>
public sealed class SearchPageTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    private const string Hits = "[...document.querySelectorAll('#hits .name')].map(name => name.textContent).join('|')";

    [Fact]
    public async Task An_image_that_is_dropped_finds_its_neighbors_and_they_find_theirs()
    {
        await using var browser = await Browser.Open(served.Server.Address);
        await browser.Until("document.querySelectorAll('#samples img').length === 12");
        await browser.Until("[...document.querySelectorAll('#samples img')].slice(0, 4).every(image => image.naturalWidth > 0)");

        var png = ServedFolder.Png();
        await browser.Drop(png, "<img src=x onerror=alert(1)>.png", "image/png");
        await browser.Until("document.querySelectorAll('#hits li').length === 13");
        var expected = (await served.Post("/api/search?top=20", ServedFolder.Body(png)))["found"]!.AsArray();
        Assert.Equal(string.Join('|', expected.Select(hit => (string?)hit!["picture"])), await browser.Evaluate(Hits));
        Assert.Equal(string.Join('|', expected.Select(hit => hit!["similarity"]!.GetValue<double>().ToString("0.000"))),
            await browser.Evaluate("[...document.querySelectorAll('#hits .value')].map(value => value.textContent).join('|')"));
        Assert.Equal("<img src=x onerror=alert(1)>.png",
            await browser.Evaluate("document.getElementById('heading').textContent"));
        await browser.Until("document.getElementById('shown').naturalWidth === 24"); // the image itself
        await browser.Until("[...document.querySelectorAll('#hits img')].slice(0, 4).every(image => image.naturalWidth > 0)");

        // A neighbor searches with itself, by the keyboard, and the back button comes back.
        await browser.Evaluate("document.querySelector('#hits button').focus()");
        await browser.Press("Enter", 13, "\r");
        var first = expected[0]!["id"]!.GetValue<int>();
        await browser.Until($"location.hash === '#picture-{first}' && document.querySelectorAll('#hits li').length === 12");
        var neighbors = (await served.Get($"/api/search?picture={first}&top=20"))["found"]!.AsArray();
        var names = JsonValue.Create(string.Join('|', neighbors.Select(hit => (string?)hit!["picture"])));
        await browser.Until($"{Hits} === {names.ToJsonString()}");
        await browser.Evaluate("history.back()");
        await browser.Until("document.querySelectorAll('#hits li').length === 13");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Refusals_are_shown_in_the_servers_words_and_the_page_goes_on()
    {
        await using var browser = await Browser.Open(served.Server.Address);
        const string Trouble = "document.getElementById('trouble')";
        await browser.Drop("no image"u8.ToArray(), "notes.txt", "text/plain");
        await browser.Until($"!{Trouble}.hidden");
        Assert.Contains("no image by its Content-Type", await browser.Evaluate($"{Trouble}.textContent"));
        await browser.Drop("no image"u8.ToArray(), "notes.png", "image/png");
        await browser.Until($"{Trouble}.textContent.includes('not a JPEG')");
        await browser.Drop(new byte[1_000_001], "large.png", "image/png");
        await browser.Until($"{Trouble}.textContent.includes('larger than 1 MB')");
        await browser.Drop(ServedFolder.Png(), "good.png", "image/png");
        await browser.Until($"{Trouble}.hidden && document.querySelectorAll('#hits li').length === 13");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_phone_shows_all_of_it_and_a_file_can_be_chosen()
    {
        await using var browser = await Browser.Open(served.Server.Address);
        await browser.Send("Emulation.setDeviceMetricsOverride",
            new() { ["width"] = 390, ["height"] = 844, ["deviceScaleFactor"] = 2, ["mobile"] = true });
        var path = Path.Combine(served.Images, "even", "0.png");
        var document = await browser.Send("DOM.getDocument");
        var chooser = await browser.Send("DOM.querySelector",
            new() { ["nodeId"] = document["root"]!["nodeId"]!.GetValue<int>(), ["selector"] = "#chooser" });
        await browser.Send("DOM.setFileInputFiles",
            new() { ["files"] = new JsonArray(path), ["nodeId"] = chooser["nodeId"]!.GetValue<int>() });
        await browser.Until("document.querySelectorAll('#hits li').length === 13");
        Assert.Equal("0.png", (await browser.Evaluate(Hits)).Split('|')[0].Split('/')[^1]);
        await browser.Until("document.documentElement.scrollWidth <= 390");
        // Two columns at least: tiles side by side.
        Assert.Equal("true", await browser.Evaluate(
            "new Set([...document.querySelectorAll('#hits li')].slice(0, 2).map(tile => tile.offsetTop)).size === 1"));
        // Everything has a name for those who cannot see it.
        Assert.Equal("true", await browser.Evaluate(
            "[...document.querySelectorAll('#hits button')].every(button => button.ariaLabel)"));
        Assert.Empty(browser.Complaints);
    }
}
