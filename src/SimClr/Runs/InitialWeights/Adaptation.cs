using System.Globalization;
using System.Text.Json.Serialization;
using SimClr.Settings;

namespace SimClr.Runs;

/// <summary>
/// The encoder that a run began with and the one that it ended with, judged alike; the run keeps the better one
/// (<see cref="AdaptationOptions.KeepBetter"/>).
/// </summary>
/// <param name="Measure"><see cref="KnnTop1"/> or <see cref="ViewsFound"/>, or an observer's own.</param>
/// <param name="Before">The score of the encoder that the run began with, 0..1.</param>
/// <param name="After">The score of the trained one.</param>
public sealed record Adaptation(string Measure, double Before, double After)
{
    /// <summary>Test images whose class nearest neighbors among the training images tell, as a share.</summary>
    public const string KnnTop1 = "knn_top1";

    /// <summary>Images whose view has another view of the same image as its nearest one, as a share.</summary>
    public const string ViewsFound = "views_found";

    /// <summary>Whether training made it worse, so that the run's encoder is the one that it began with.</summary>
    public bool KeptStart => After < Before;

    /// <summary>The same in words.</summary>
    [JsonIgnore]
    public string Words
    {
        get
        {
            var what = Measure switch
            {
                KnnTop1 => "nearest neighbors are right for",
                ViewsFound => "another view of the image is the nearest one for",
                _ => Measure,
            };
            var scores = string.Create(CultureInfo.InvariantCulture,
                $"{what} {100 * Before:0.0} % before and {100 * After:0.0} % after");
            return KeptStart
                ? $"{scores}; training made it worse, and the run keeps the encoder that it began with"
                : $"{scores}; the run keeps the trained encoder";
        }
    }
}
