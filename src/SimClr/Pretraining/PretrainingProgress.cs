namespace SimClr.Pretraining;

/// <summary>
/// Where a run stands, in plain values. Reported at every logged step; figures are means since the last report.
/// </summary>
/// <param name="Epoch">Epoch, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <param name="Loss">NT-Xent in nats.</param>
/// <param name="ChanceLoss">What the loss would be if all views looked alike, ln(2N−1).</param>
/// <param name="ContrastiveTop1">Share of views, 0..1, whose nearest other view is their partner.</param>
/// <param name="LearningRate">The rate of the last step.</param>
/// <param name="ViewsPerSecond">Augmented views trained on per second.</param>
/// <param name="WaitMilliseconds">Mean time per step that training waited for pictures.</param>
/// <param name="Remaining">Estimated time left.</param>
public sealed record PretrainingProgress(int Epoch, int Epochs, int Step, int TotalSteps, double Loss, double ChanceLoss,
    double ContrastiveTop1, double LearningRate, double ViewsPerSecond, double WaitMilliseconds, TimeSpan Remaining);
