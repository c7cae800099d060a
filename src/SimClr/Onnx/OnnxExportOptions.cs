using SimClr.Classification;
using SimClr.Settings;

namespace SimClr.Onnx;

/// <summary>How an encoder becomes an ONNX file.</summary>
public sealed record OnnxExportOptions
{
    internal const string FullPrecision = "fp32", HalfPrecision = "fp16", PixelInput = "pixels", NormalizedInput = "normalized";

    /// <summary>
    /// <c>fp32</c>, or <c>fp16</c> to store weights and compute in float16: half the file. Input and h stay what they are.
    /// </summary>
    public string Precision { get; init; } = FullPrecision;

    /// <summary>
    /// <c>pixels</c>: the model takes <c>pixels [N, S, S, 3]</c>, bytes in the order red, green, blue, and normalizes them.
    /// <c>normalized</c>: it takes <c>images [N, 3, S, S]</c>, float32, already normalized.
    /// </summary>
    public string Input { get; init; } = PixelInput;

    /// <summary>
    /// A file of <see cref="ImageClassifierTraining"/>, or null. With it the model also gives <c>probabilities [N, C]</c>, and
    /// takes images of the size that the classifier was made with. Where there is a run too, it must have the same encoder.
    /// </summary>
    public string? Classifier { get; init; }

    /// <summary>These options, if they are usable.</summary>
    /// <exception cref="SettingsException">An option has an unknown value.</exception>
    public OnnxExportOptions Validated()
    {
        Require.That(Precision is FullPrecision or HalfPrecision, nameof(Precision),
            $"{FullPrecision} or {HalfPrecision}", $"'{Precision}'");
        Require.That(Input is PixelInput or NormalizedInput, nameof(Input),
            $"{PixelInput} or {NormalizedInput}", $"'{Input}'");
        return this;
    }
}
