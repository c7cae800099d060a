using System.Text.Json.Nodes;
using SimClr.Settings;

namespace SimClr.Tests.Settings;

/// <summary>The side of views over a run.</summary>
public sealed class ImageSizesTests
{
    [Theory]
    [InlineData("32", "32:1")]
    [InlineData("16..32", "16:0.2 20:0.2 24:0.2 28:0.2 32:0.2")]
    [InlineData("24..32", "24:0.333 28:0.333 32:0.333")]
    [InlineData("16..18", "16:0.5 18:0.5")]
    [InlineData("160..96", "160:0.2 144:0.2 128:0.2 112:0.2 96:0.2")]
    [InlineData("16:0.7,32:0.3", "16:0.7 32:0.3")]
    public void A_text_says_the_sides_and_their_shares(string text, string stages)
    {
        var sizes = ImageSizes.Parse(text);
        Assert.Equal(stages, string.Join(' ', sizes.Stages.Select(stage => FormattableString.Invariant(
            $"{stage.Side}:{Math.Round(stage.Share, 3)}"))));
        Assert.Equal(text, sizes.ToString());
        Assert.Equal(sizes, ImageSizes.Parse(text));
        Assert.Equal(sizes.Stages[^1].Side, sizes.Last);
        Assert.Equal(sizes.Stages.Max(stage => stage.Side), sizes.Largest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("16..")]
    [InlineData("16..16")]
    [InlineData("16..24..32")]
    [InlineData("16:0.7")]
    [InlineData("16:0.7,32")]
    [InlineData("16:1.7,32:-0.7")]
    [InlineData("16:NaN,32:1")]
    [InlineData("large")]
    public void Another_text_is_refused(string text)
    {
        var error = Assert.Throws<SettingsException>(() => ImageSizes.Parse(text));
        Assert.Equal(nameof(ModelOptions.ImageSize), error.Setting);
        Assert.EndsWith($"not {text}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_hold_one_side_as_a_number_and_several_as_text()
    {
        JsonNode? Written(ImageSizes sizes) =>
            new PretrainingOptions { Model = new() { ImageSize = sizes } }.ToJson()["image_size"];
        Assert.Equal("32", Written(32)!.ToJsonString());
        Assert.Equal("\"16..32\"", Written(ImageSizes.Parse("16..32"))!.ToJsonString());
        var read = PretrainingOptions.Compose(new JsonObject { ["image_size"] = "16..32" });
        Assert.Equal(ImageSizes.Parse("16..32"), read.Model.ImageSize);
    }

    [Fact]
    public void Pixels_add_up_over_the_run()
    {
        var sizes = ImageSizes.Parse("16:0.5,32:0.5");
        Assert.Equal([0, 64, 128, 384, 640], new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(sizes.PixelsUpTo));
        Assert.Equal(1024, ((ImageSizes)32).PixelsUpTo(1));
    }

    [Fact]
    public void The_finished_encoder_is_that_of_the_last_side()
    {
        var model = new ModelOptions { ImageSize = ImageSizes.Parse("48:0.5,96:0.5") };
        Assert.Equal((96, 96), (model.EvaluationSide, model.DrawnSide));
        Assert.Equal(SimClr.Models.StemKind.ImageNet, model.ToResNet().Stem);
        Assert.Equal(96, (model with { EvaluationImageSize = 64 }).DrawnSide);
        Assert.Equal(128, (model with { EvaluationImageSize = 128 }).DrawnSide);
        Assert.Equal(48, new ViewOptions().SmallSide(model));
        Assert.Equal(20, new ViewOptions { SmallSize = 20 }.SmallSide(model));
    }
}
