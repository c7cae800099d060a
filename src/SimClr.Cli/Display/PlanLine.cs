using SimClr.Training;

namespace SimClr.Cli.Display;

/// <summary>What a planned run will do, in one line.</summary>
internal static class PlanLine
{
    public static string Of(PlannedRun plan)
    {
        var (options, schedule) = (plan.Options, plan.Options.Schedule);
        var images = options.Limit > 0 ? $" of {Numbers.Count(options.Limit)} images" : "";
        var sides = string.Join(", then ", options.Model.ImageSize.Stages.Select(stage =>
            $"{stage.Side} px ({Numbers.Percent(stage.Share)} of the steps, {plan.SecondsPerStep[stage.Side]:0.00} s each)"));
        return $"Plan: {schedule.Epochs} epoch{(schedule.Epochs == 1 ? "" : "s")}{images}, warmup {schedule.WarmupEpochs:0.##}, "
            + $"views of {sides}: {Numbers.Duration(plan.Expected)} of training";
    }
}
