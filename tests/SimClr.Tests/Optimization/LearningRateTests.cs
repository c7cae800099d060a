using SimClr.Optimization;
using SimClr.Tests.Fixtures;

namespace SimClr.Tests.Optimization;

public class LearningRateTests
{
    [Fact]
    public void Schedules_are_the_official_ones_step_by_step()
    {
        var arrays = Golden.Arrays("schedules.safetensors");
        var cases = Golden.Json("schedules.json").GetProperty("google").EnumerateArray().ToList();
        Assert.Equal(6, cases.Count);
        Assert.All(cases, expected =>
        {
            var linear = expected.GetProperty("scaling").GetString() == "linear";
            var scaling = linear ? LearningRateScaling.Linear : LearningRateScaling.SquareRoot;
            var schedule = new LearningRateSchedule
            {
                Peak = scaling.Peak(expected.GetProperty("base").GetDouble(), expected.GetProperty("batch").GetInt32()),
                WarmupSteps = expected.GetProperty("warmup_steps").GetInt64(),
                TotalSteps = expected.GetProperty("total_steps").GetInt64(),
            }.Validated();
            var steps = arrays.Int64(expected.GetProperty("step").GetString()!);
            var rates = arrays.Float64(expected.GetProperty("lr").GetString()!);
            // Float64 on both sides: the tolerance stated with the golden values.
            Assert.All(steps.Zip(rates), pair => Assert.Equal(pair.Second, schedule.At(pair.First), 1e-12 * schedule.Peak));
        });
    }

    [Fact]
    public void The_papers_peaks_are_4_8_at_a_batch_of_4096()
    {
        Assert.Equal(4.8, LearningRateScaling.Linear.Peak(0.3, 4096), 1e-12);
        Assert.Equal(4.8, LearningRateScaling.SquareRoot.Peak(0.075, 4096), 1e-12);
        Assert.Equal(0.3, LearningRateScaling.None.Peak(0.3, 4096));
    }

    [Fact]
    public void A_schedule_of_warmup_alone_and_one_of_a_single_step_are_defined()
    {
        var warmup = new LearningRateSchedule { Peak = 1, WarmupSteps = 4, TotalSteps = 4 }.Validated();
        Assert.Equal([0, 0.25, 0.5, 0.75, 0], Enumerable.Range(0, 5).Select(step => warmup.At(step)));
        var single = new LearningRateSchedule { Peak = 1, TotalSteps = 1 }.Validated();
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(step => single.At(step)));
    }

    [Fact]
    public void The_cosine_ends_at_the_final_share_of_the_peak()
    {
        var schedule = new LearningRateSchedule { Peak = 2, WarmupSteps = 2, TotalSteps = 10, FinalShare = 0.1 }.Validated();
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(step => schedule.At(step))); // the warmup ends at the peak
        Assert.Equal(2 * (0.1 + 0.9 * 0.5), schedule.At(6), 1e-15);                        // half-way down
        Assert.Equal(2 * (0.1 + 0.9 * (1 + Math.Cos(Math.PI * 7 / 8)) / 2), schedule.At(9), 1e-15);
        Assert.Equal([0.2, 0.2], new[] { schedule.At(10), schedule.At(11) });
        var flat = new LearningRateSchedule { Peak = 3, TotalSteps = 7, FinalShare = 1 }.Validated();
        Assert.All(Enumerable.Range(0, 9), step => Assert.Equal(3, flat.At(step)));
    }

    [Fact]
    public void Without_a_final_share_the_rates_are_those_of_the_papers_formula_bit_for_bit()
    {
        var schedule = new LearningRateSchedule { Peak = 0.3 * 7 / 3, WarmupSteps = 13, TotalSteps = 1013 }.Validated();
        foreach (var step in Enumerable.Range(13, 1000))
            Assert.Equal(schedule.Peak * (1 + Math.Cos(Math.PI * (step - 13) / 1000)) / 2, schedule.At(step));
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        LearningRateSchedule[] wrong =
        [
            new() { Peak = -1 }, new() { Peak = double.NaN }, new() { TotalSteps = 0 }, new() { WarmupSteps = -1 },
            new() { WarmupSteps = 2, TotalSteps = 1 },
            new() { FinalShare = -0.1 }, new() { FinalShare = 1.1 }, new() { FinalShare = double.NaN },
        ];
        Assert.All(wrong, schedule => Assert.Throws<ArgumentOutOfRangeException>(() => schedule.Validated()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule().At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateScaling.Linear.Peak(double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateScaling.Linear.Peak(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((LearningRateScaling)7).Peak(1, 1));
    }
}
