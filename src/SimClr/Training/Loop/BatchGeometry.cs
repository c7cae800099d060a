using SimClr.Losses;
using static TorchSharp.torch;

namespace SimClr.Training;

/// <summary>How the vectors of a step lie (<see cref="EmbeddingGeometry"/>), judged by the first images of its batch.</summary>
/// <param name="Alignment">Of first and second views' z.</param>
/// <param name="Uniformity">Of the first views' z.</param>
/// <param name="EffectiveRankH">Of the first views' h.</param>
/// <param name="EffectiveRankZ">Of the first views' z.</param>
internal readonly record struct BatchGeometry(
    double Alignment, double Uniformity, double EffectiveRankH, double EffectiveRankZ)
{
    /// <summary>
    /// Number of images that suffice to measure the geometry; singular values of more cost time that grows with the cube of
    /// their number.
    /// </summary>
    public const int MaxImages = 256;

    /// <summary>Measures; waits for the device.</summary>
    /// <param name="h"><c>[V·N, d]</c>.</param>
    /// <param name="z"><c>[V·N, p]</c>.</param>
    /// <param name="views">V.</param>
    public static BatchGeometry Of(Tensor h, Tensor z, int views)
    {
        using var scope = NewDisposeScope();
        var n = (int)(z.shape[0] / views);
        var images = Math.Min(n, MaxImages);
        var first = z[..images].to(CPU);         // [M, p], M images
        var second = z[n..(n + images)].to(CPU); // [M, p]
        // On matrices this small threads wait for each other, and for the threads that render images, longer than they work.
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return new(
                EmbeddingGeometry.Alignment(first, second), n < 2 ? double.NaN : EmbeddingGeometry.Uniformity(first),
                EmbeddingGeometry.EffectiveRank(h[..images]), EmbeddingGeometry.EffectiveRank(first));
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}
