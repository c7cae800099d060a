using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Optimization;
using SimClr.Settings;

namespace Snippets;

/// <summary>The code of docs/few-labels.md.</summary>
public static class FewLabelsPage
{
    public static FineTuningResult TrainSupervised()
    {
        #region docs/few-labels.md 1
        var settings = new SupervisedOptions
        {
            Model = new() { ImageSize = 32 },
            Views = new() { ColorStrength = 0.5, Blur = 0 },
            Optimization = new() { Optimizer = OptimizerKind.Sgd },
            Schedule = new() { Epochs = 30, LearningRate = 0.1 },
        };
        var data = DatasetSource.Open("cifar10:data/cifar-10-batches-bin", imageSize: 32);
        var result = SupervisedTraining.Run(settings, data, LabelSubset.OfFraction(data.Train, 0.1, seed: 1));
        #endregion

        return result;
    }
}
