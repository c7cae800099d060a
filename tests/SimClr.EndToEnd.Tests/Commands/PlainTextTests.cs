using SimClr.Files;
using SimClr.Images;
using SimClr.Tests.Fixtures;
using SimClr.Training;

namespace SimClr.EndToEnd.Tests.Commands;

/// <summary>Names are chosen by anybody: they are text for terminals and for tables, whatever is in them.</summary>
public sealed class PlainTextTests
{
    private const string Evil = "\u001b]0;pwned\a\n\u202egpj.png";

    [Theory]
    [InlineData("images/ä 猫 \U0001F600.png", "images/ä 猫 \U0001F600.png")]
    [InlineData("क्\u200Dष", "क्\u200Dष")] // a joiner is a part of the word
    [InlineData("a\u001b[31mb\r\nc\td\u007f\u0085", "a?[31mb??c?d??")]
    [InlineData("a\u202eb\u2066c\u200fd\u2028e\ufeff", "a?b?c?d?e?")]
    public void What_a_terminal_obeys_or_turns_round_is_replaced(string text, string shown) =>
        Assert.Equal(shown, PlainText.Of(text));

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\"")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("/a/=b.png", "/a/=b.png")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("", "")]
    public void No_field_is_a_formula(string text, string field) => Assert.Equal(field, CsvText.Quoted(text));

    [Fact]
    public async Task Commands_show_names_as_text()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        Pretrainer.Run(
            new()
            {
                Model = new() { Width = 0.25, ImageSize = 8 },
                BatchSize = 10,
                Schedule = new() { Epochs = 1, WarmupEpochs = 0 },
            }, "shapes:20", run);
        foreach (var name in new[] { "a" + Evil, "b" + Evil, "c.png" })
            ImageCodec.WritePng(folder.At($"images/{name}"), new RgbImage(8 + name.Length, 9));
        File.WriteAllText(folder.At("images/bad" + Evil), "no image");
        var (code, _, error) = await CliProcess.Run("index", run, folder.At("images"), "--out", folder.At("x.index"));
        Assert.True(code == 0, error);
        var shown = error;
        string[][] lines =
        [
            ["search", folder.At("x.index"), folder.At("images/a" + Evil)],
            ["duplicates", folder.At("x.index"), "--threshold", "0.5"],
            ["outliers", folder.At("x.index")],
            ["search", folder.At("x.index"), folder.At("images/bad" + Evil)],
            ["search", folder.At("x.index"), folder.At("gone" + Evil)],
            ["serve", folder.At("gone" + Evil)],
            ["info", folder.At("gone" + Evil)],
        ];
        foreach (var line in lines)
        {
            var (_, output, words) = await CliProcess.Run(line);
            shown += output + words;
        }
        Assert.Contains("?]0;pwned???gpj.png", shown.Replace("\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain(shown, letter => letter is '\u001b' or '\a' or '\u202e');
    }
}
