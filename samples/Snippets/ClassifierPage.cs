using SimClr.Classification;
using SimClr.Data;

namespace Snippets;

/// <summary>The code of docs/classifier.md.</summary>
public static class ClassifierPage
{
    public static void Classify(Microsoft.Extensions.Logging.ILogger logger)
    {
        #region docs/classifier.md 1
        using var classifier = ImageClassifier.Open("parts.safetensors");
        var best = classifier.Classify("new.jpg")[0]; // best.ClassName, best.Probability
        foreach (var image in classifier.Classify(ImageFolder.Gather(["incoming"]), logger))
            Console.WriteLine(image.Classes[0].ClassName);
        #endregion
    }
}
