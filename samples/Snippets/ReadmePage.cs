using SimClr.Evaluation;
using SimClr.Settings;
using SimClr.Training;

namespace Snippets;

/// <summary>The code of README.md.</summary>
public static class ReadmePage
{
    public static void PretrainAndEvaluate()
    {
        #region README.md 1
        var options = new PretrainingOptions
        {
            Model = new() { Encoder = EncoderKind.ResNet18, ImageSize = 96 },
            Schedule = new() { Epochs = 50 },
            BatchSize = 128,
        };
        var summary = Pretrainer.Run(options, "pictures", "runs/mine");
        Console.WriteLine($"loss {summary.Loss:0.000}, chance {summary.ChanceLoss:0.000}");

        var result = RunEvaluation.Evaluate(new EvaluationRequest { Run = "runs/mine", Data = "pictures" });
        Console.WriteLine($"linear top-1 {result.Top1:P1}");
        #endregion
    }
}
