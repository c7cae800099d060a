using SimClr.Settings;
using SimClr.Studies;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Studies;

/// <summary>Grids: which settings their runs have.</summary>
public sealed class StudyTests
{
    public static TheoryData<string> Names => [.. PaperStudies.All.Select(study => study.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_cell_of_a_papers_study_has_valid_settings_of_its_own(string name)
    {
        var study = PaperStudies.Find(name).Validated();
        foreach (var options in new StudyOptions[] { new(), new() { Quick = true } })
        {
            var cells = study.Choose(options);
            Assert.NotEmpty(cells);
            var settings = cells.Select(cell => study.Compose(options, cell, 7).Validated()).ToList();
            Assert.Equal(settings.Count, settings.Distinct().Count());
            Assert.All(settings, s => Assert.Equal(7UL, s.Seed));
        }
    }

    [Fact]
    public void Layers_overlay_each_other_preset_study_quick_file_user_cell()
    {
        var study = TinyStudy.Study with
        {
            QuickSettings = new() { ["epochs"] = 3, ["batch_size"] = 11, ["margin"] = 0.1 },
            Cells = [TinyStudy.Study.Cells[0] with { Multiples = Times(("epochs", 2), ("width", 1.5)) }],
        };
        var options = new StudyOptions
        {
            Quick = true,
            File = new() { ["batch_size"] = 12, ["margin"] = 0.2, ["temperature"] = 0.9, ["seed"] = 99 },
            Overrides = new() { ["margin"] = 0.3 },
        };
        var run = study.Compose(options, study.Cells[0], seed: 5);
        Assert.Equal((6, 12, 0.3, 0.5, 5UL),
            (run.Schedule.Epochs, run.BatchSize, run.Objective.Margin, run.Objective.Temperature, run.Seed));
        Assert.Equal(0.375, run.Model.Width);
        Assert.Equal(5, run.Schedule.LearningRate); // the preset's
        Assert.Equal(2, study.Compose(new() { Preset = "cifar10-paper" }, study.Cells[0], 1).Schedule.Epochs / 2);
    }

    [Theory]
    [InlineData("temperature", "Only")]
    [InlineData("seed", "Seeds")]
    public void What_a_study_varies_is_not_for_the_user_to_set(string key, string words)
    {
        var error = Assert.Throws<SettingsException>(
            () => TinyStudy.Study.Shared(new() { Overrides = new() { [key] = 1 } }));
        Assert.Contains(key, error.Message);
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void Multiples_of_whole_numbers_are_whole_and_of_text_there_are_none()
    {
        var study = PaperStudies.Find("recipe");
        var run = study.Compose(new(), study.Find("views-8"), seed: 1); // of 13 epochs and 256 images
        Assert.Equal((3, 64, 8), (run.Schedule.Epochs, run.BatchSize, run.Views.Views));
        var growing = new StudyOptions { Overrides = new() { ["image_size"] = "16..32" } };
        Assert.Equal("image_size is 16..32, of which side-0.75x can take no multiple.",
            Assert.Throws<SettingsException>(() => study.Compose(growing, study.Find("side-0.75x"), seed: 1)).Message);
    }

    [Fact]
    public void Cells_are_chosen_in_the_studys_order_and_unknown_ones_are_named()
    {
        Assert.Equal(["warm", "cold"], TinyStudy.Study.Choose(new() { Only = ["cold", "warm"] }).Select(cell => cell.Key));
        var error = Assert.Throws<SettingsException>(() => TinyStudy.Study.Choose(new() { Only = ["lukewarm"] }));
        Assert.Contains("lukewarm", error.Message);
        Assert.Contains("warm, cold", error.Message);
    }

    [Fact]
    public void Grids_that_cannot_be_are_refused()
    {
        var cell = TinyStudy.Study.Cells[0];
        Refused("two cells", TinyStudy.Study with { Cells = [cell, cell] });
        Refused("no cells", TinyStudy.Study with { Cells = [] });
        Refused("a-z", TinyStudy.Study with { Cells = [cell with { Key = "a/b" }] });
        Refused("Temperature", TinyStudy.Study with { Cells = [cell with { Settings = new() { ["temperature"] = -1 } }] });
        Refused("tempo", TinyStudy.Study with { Cells = [cell with { Multiples = Times(("tempo", 2)) }] });

        static void Refused(string words, Study study) =>
            Assert.Contains(words, Assert.Throws<SettingsException>(() => study.Validated()).Message);
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<SettingsException>(() => new StudyOptions { Seeds = [] }.Validated());
        Assert.Throws<SettingsException>(() => new StudyOptions { Seeds = [1, 1] }.Validated());
        Assert.Throws<SettingsException>(() => new StudyOptions { Only = ["a", "a"] }.Validated());
    }

    private static Dictionary<string, double> Times(params (string Setting, double Factor)[] multiples) =>
        multiples.ToDictionary(multiple => multiple.Setting, multiple => multiple.Factor);

    // Both rules of the paper give the same rate, 4.8, at batch 4096.
    [Fact]
    public void The_two_ways_to_scale_the_learning_rate_meet_where_the_papers_do()
    {
        var study = PaperStudies.Find("batch-epochs");
        var options = new StudyOptions { Overrides = new() { ["batch_size"] = 256, ["epochs"] = 100 } };
        double Peak(string key)
        {
            var cell = study.Compose(options, study.Find(key), 1);
            return cell.Schedule.Create(10, cell.BatchSize).Peak;
        }
        Assert.Equal(4.8, Peak("linear-batch-16x-epochs-1x"), 1e-9);
        Assert.Equal(4.8, Peak("sqrt-batch-16x-epochs-1x"), 1e-9);
        Assert.Equal(0.075 * 16, Peak("sqrt-batch-1x-epochs-8x"), 1e-9);
        var largest = study.Compose(options, study.Find("sqrt-batch-16x-epochs-8x"), 1);
        Assert.Equal((4096, 800, 256), (largest.BatchSize, largest.Schedule.Epochs, largest.MicroBatch));
        Assert.Equal(0, study.Compose(options, study.Find("sqrt-batch-1x-epochs-8x"), 1).MicroBatch);
        Assert.Equal(0.691, study.Find("sqrt-batch-16x-epochs-8x").Paper!.Top1);
    }

    [Fact]
    public void In_the_composition_study_only_one_view_is_transformed()
    {
        var study = PaperStudies.Find("composition");
        Assert.Equal(7 + 7 * 6 - 6, study.Cells.Count); // a crop is never second
        foreach (var cell in study.Cells)
        {
            var composed = study.Compose(new(), cell, 1);
            var (first, second) = composed.Views.CreatePolicies(composed.Model);
            Assert.True(second.Crop is null && second.Transforms.Count == 0, cell.Key);
            Assert.True(first.Crop is not null || first.Transforms.Count > 0, cell.Key);
        }
        var pair = study.Compose(new(), study.Find("sobel-color"), 1);
        Assert.Equal("sobel,color,gray", pair.Views.Transforms);
    }
}
