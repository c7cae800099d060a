using SimClr.Files;
using SimClr.Reporting;
using SimClr.Runs;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Files;

/// <summary>What all rooms share about files and their names.</summary>
public sealed class FilesTests
{
    [Theory]
    [InlineData("runs/mine", "runs/mine")]
    [InlineData("k=1,2+a@b:c", "k=1,2+a@b:c")]
    [InlineData("", "''")]
    [InlineData("two words", "'two words'")]
    [InlineData("~/it's", "'~/it'\\''s'")] // a shell would take the home folder
    public void A_word_is_quoted_where_it_means_something_to_a_shell(string word, string quoted) =>
        Assert.Equal(quoted, ShellText.Quoted(word));

    [Theory]
    [InlineData(0)]
    [InlineData(0, "a.png")]
    [InlineData(5, "/a/b/c.png")]
    [InlineData(3, "/a/b/c.png", "/a/bc/d.png")]
    [InlineData(1, "/a/b.png", "/c/b.png")]
    [InlineData(0, "a/b.png", "/a/b.png")]
    public void A_common_folder_ends_at_a_slash(int length, params string[] names) =>
        Assert.Equal(length, CommonFolder.Length(names));

    [Fact]
    public void A_report_that_cannot_be_written_is_no_fault_of_the_run()
    {
        using var run = new SampleRun();
        Directory.CreateDirectory(RunFolder.Open(run.Path).Report);
        var error = Assert.Throws<IOException>(() => RunReport.Write(run.Path));
        Assert.Contains("report.html cannot be written", error.Message, StringComparison.Ordinal);
    }
}
