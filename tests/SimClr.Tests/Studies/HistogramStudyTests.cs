using SimClr.Data;
using SimClr.Images;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Studies;

/// <summary>Intensities of crops, without and with color distortion (Figure 6).</summary>
public sealed class HistogramStudyTests
{
    [Fact]
    public void A_histogram_counts_the_values_of_all_channels()
    {
        var image = new RgbImage(2, 1, [0, 7, 8, 255, 255, 128]);
        var shares = IntensityHistogram.Of(image);
        var expected = new double[IntensityHistogram.Bins];
        // Ranges are eight values wide.
        (expected[0], expected[1], expected[16], expected[31]) = (2 / 6.0, 1 / 6.0, 1 / 6.0, 2 / 6.0);
        Assert.Equal(expected, shares);
    }

    [Fact]
    public void A_pair_is_found_when_no_other_histogram_is_as_near()
    {
        var (a, b) = (Peak(0), Peak(5));
        Assert.Equal(1, IntensityHistogram.PairsFound([a, b, a, b]));
        Assert.Equal(0, IntensityHistogram.PairsFound([a, b, b, a]));
        Assert.Equal(0, IntensityHistogram.PairsFound([a, a, a, a])); // a tie is not found

        static double[] Peak(int bin)
        {
            var shares = new double[IntensityHistogram.Bins];
            shares[bin] = 1;
            return shares;
        }
    }

    [Fact]
    public void Color_distortion_hides_which_crops_belong_together()
    {
        using var folder = new TemporaryFolder();
        var options = new StudyOptions { Overrides = new() { ["image_size"] = 24, ["limit"] = 100 } };
        var result = HistogramStudy.Run("shapes:200", folder.At("study"), options);
        Assert.Equal((100, 1.0 / 199), (result.Images, result.Chance));
        // Shapes have few colors, which crops share; the distortion changes them. The gap is far beyond the noise of 200 crops.
        Assert.True(result.FoundWithout > 2 * result.FoundWith, $"{result.FoundWithout} and {result.FoundWith}");
        var image = ImageCodec.Decode(File.ReadAllBytes(folder.At("study/histogram.png")));
        Assert.True(image.Width > image.Height && image.Height > 300);
        Assert.Contains("Figure 6", File.ReadAllText(folder.At("study/report.md")));
        var plot = Convert.ToBase64String(File.ReadAllBytes(folder.At("study/histogram.png")));
        Assert.Contains(plot, File.ReadAllText(folder.At("study/report.html")));
        Assert.Equal(result, HistogramStudy.Run("shapes:200", folder.At("study"), options)); // the same again

        folder.Write("else/file.txt", "words"u8);
        Assert.Throws<StudyException>(() => HistogramStudy.Run("shapes:200", folder.At("else"), options));
        folder.Write("other/study.json", """{"study":"loss"}"""u8);
        Assert.Contains("loss", Assert.Throws<StudyException>(
            () => HistogramStudy.Run("shapes:200", folder.At("other"), options)).Message);
    }

    [Fact]
    public void One_image_cannot_be_compared()
    {
        using var folder = new TemporaryFolder();
        folder.Write("images/a.png", ImageCodec.EncodePng(new RgbImage(8, 8)));
        Assert.Throws<DataException>(() => HistogramStudy.Run(folder.At("images"), folder.At("study")));
    }
}
