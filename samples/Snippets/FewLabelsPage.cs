using SimClr.Data;
using SimClr.Evaluation;
using SimClr.Settings;

namespace Snippets;

/// <summary>The code of docs/few-labels.md.</summary>
public static class FewLabelsPage
{
    public static ClassifierResult TrainSupervised()
    {
        #region docs/few-labels.md 1
        var settings = new PretrainingOptions
        {
            ImageSize = 32,
            ColorStrength = 0.5,
            Blur = 0,
            Epochs = 30,
            Optimizer = "sgd",
            LearningRate = 0.1,
        };
        var data = DatasetSource.Open("cifar10:data/cifar-10-batches-bin", imageSize: 32);
        var result = SupervisedTraining.Run(settings, data, LabelSubset.OfFraction(data.Train, 0.1, seed: 1));
        #endregion

        return result;
    }
}
