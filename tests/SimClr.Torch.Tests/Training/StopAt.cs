using SimClr.Runs;

namespace SimClr.Torch.Tests.Training;

/// <summary>Stops a run when it reports a step.</summary>
internal sealed class StopAt(CancellationTokenSource stop, int step) : IProgress<TrainingMetrics>
{
    public void Report(TrainingMetrics value)
    {
        if (value.Step == step) stop.Cancel();
    }
}
