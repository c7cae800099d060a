using Microsoft.ML.OnnxRuntime;
using OnnxOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace SimClr.Torch.Tests.Onnx;

/// <summary>A model in ONNX Runtime, on one thread.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxSession(string file)
    {
        using var options = new OnnxOptions
        {
            IntraOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        _session = new InferenceSession(file, options);
    }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    public ModelMetadata About => _session.ModelMetadata;

    public void Dispose() => _session.Dispose();

    /// <summary>h of a batch, <c>[N, d]</c> row after row.</summary>
    public float[] Features<T>(T[] input, params long[] shape) where T : unmanaged => Output("h", input, shape);

    /// <summary>An output for a batch, row after row.</summary>
    public float[] Output<T>(string name, T[] input, params long[] shape) where T : unmanaged
    {
        using var value = OrtValue.CreateTensorValueFromMemory(input, shape);
        using var run = new RunOptions();
        using var outputs = _session.Run(run, [.. _session.InputNames], [value], [name]);
        Assert.Equal(shape[0], outputs[0].GetTensorTypeAndShape().Shape[0]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
