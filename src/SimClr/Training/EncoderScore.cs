using SimClr.Runs;

namespace SimClr.Training;

/// <summary>How good an encoder is for the images of a run.</summary>
/// <param name="Value">The score, 0..1; the higher, the better.</param>
/// <param name="Measure">What was measured: <see cref="Adaptation.KnnTop1"/>, <see cref="Adaptation.ViewsFound"/> or other
/// words.</param>
public readonly record struct EncoderScore(double Value, string Measure);
