using SimClr.Classification;
using SimClr.Data;

namespace Snippets;

/// <summary>The code of docs/classifier.md.</summary>
public static class ClassifierPage
{
    public static void Classify()
    {
        #region docs/classifier.md 1
        using var classifier = PictureClassifier.Open("parts.safetensors");
        var best = classifier.Classify("new.jpg")[0]; // best.ClassName, best.Probability
        foreach (var picture in classifier.Classify(PictureFolder.Gather(["incoming"]), Console.Error.WriteLine))
            Console.WriteLine(picture.Classes[0].ClassName);
        #endregion
    }
}
