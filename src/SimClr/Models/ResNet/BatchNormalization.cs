using SimClr.Native;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// Batch normalization of <c>[B, C]</c> or <c>[B, C, H, W]</c> (Ioffe and Szegedy 2015), with running statistics of momentum 0.1
/// and ε = 1e-5. Parameters, statistics and arithmetic are float32; the result has the input's type. The only place where
/// batch statistics are computed.
/// </summary>
internal sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    internal const double Epsilon = 1e-5;
    private const double Momentum = 0.1;

    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;
    [ComponentName(Name = "running_mean")] private readonly Tensor _runningMean;
    [ComponentName(Name = "running_var")] private readonly Tensor _runningVariance;
    [ComponentName(Name = "num_batches_tracked")] private readonly Tensor _batches;
    private int _holds, _fixes;
    private long? _averagedRows; // null where the running statistics move with their momentum

    /// <param name="channels">C.</param>
    /// <param name="scale">Initial γ.</param>
    /// <param name="shift">Whether there is a β, which starts at 0.</param>
    public BatchNormalization(int channels, double scale = 1, bool shift = true) : base(nameof(BatchNormalization))
    {
        using var scope = NewDisposeScope();
        _weight = new Parameter(full(channels, Scalars.Of(scale)));
        _bias = shift ? new Parameter(zeros(channels)) : null;
        (_runningMean, _runningVariance, _batches) = (zeros(channels), ones(channels), zeros([], ScalarType.Int64));
        register_buffer("running_mean", _runningMean);
        register_buffer("running_var", _runningVariance);
        register_buffer("num_batches_tracked", _batches);
        RegisterComponents();
        foreach (var owned in (Tensor?[])[_weight, _bias, _runningMean, _runningVariance, _batches])
            owned?.DetachFromDisposeScope();
    }

    /// <summary>
    /// Leaves the running statistics of a module as they are until the result is disposed, for batches that they have seen
    /// already. In training the batch's own statistics are used as ever. Calls may be nested.
    /// </summary>
    public static IDisposable HoldStatistics(nn.Module module) => new Counted(module, (norm, by) => norm._holds += by);

    /// <summary>
    /// Normalizes with the running statistics of a module in training mode too, as in use, and leaves them as they are, until
    /// the result is disposed. Calls may be nested.
    /// </summary>
    public static IDisposable FixStatistics(nn.Module module) => new Counted(module, (norm, by) => norm._fixes += by);

    /// <summary>The same of this one, for good.</summary>
    public void FixStatistics() => _fixes++;

    /// <summary>
    /// Computes the running statistics of a module anew until the result is disposed: as the mean of the statistics of all
    /// batches that go through it in training mode, weighted by their rows. What they were before is forgotten. Fixed ones stay.
    /// </summary>
    public static IDisposable AverageStatistics(nn.Module module) =>
        new Averaging([.. module.modules().OfType<BatchNormalization>().Where(norm => norm._fixes == 0)]);

    /// <param name="input"><c>[B, C]</c> or <c>[B, C, H, W]</c>, float32 or bfloat16.</param>
    public override Tensor forward(Tensor input)
    {
        var fromBatch = training && _fixes == 0;
        if (fromBatch && _holds > 0)
        {
            using var mean = _runningMean.clone();
            using var variance = _runningVariance.clone();
            return nn.functional.batch_norm(input, mean, variance, _weight, _bias, fromBatch, Momentum, Epsilon);
        }
        if (fromBatch) _batches.add_(Scalars.One, Scalars.One);
        var share = fromBatch && _averagedRows is { } rows ? ShareOf(input.shape[0], rows) : Momentum;
        return nn.functional.batch_norm(input, _runningMean, _runningVariance, _weight, _bias, fromBatch, share, Epsilon);
    }

    /// <summary>The share of a batch in the mean of all rows up to it.</summary>
    private double ShareOf(long rows, long before)
    {
        _averagedRows = before + rows;
        return (double)rows / (before + rows);
    }

    private sealed class Averaging : IDisposable
    {
        private readonly List<BatchNormalization> _norms;

        public Averaging(List<BatchNormalization> norms)
        {
            _norms = norms;
            using var frozen = no_grad();
            foreach (var norm in norms)
            {
                norm._averagedRows = 0;
                norm._runningMean.zero_();
                norm._runningVariance.fill_(Scalars.One);
                norm._batches.zero_();
            }
        }

        public void Dispose()
        {
            foreach (var norm in _norms) norm._averagedRows = null;
        }
    }

    /// <summary>Counts something of some layers up until it is disposed.</summary>
    private sealed class Counted : IDisposable
    {
        private readonly List<BatchNormalization> _norms;
        private readonly Action<BatchNormalization, int> _add;

        public Counted(nn.Module module, Action<BatchNormalization, int> add)
        {
            (_norms, _add) = ([.. module.modules().OfType<BatchNormalization>()], add);
            foreach (var norm in _norms) add(norm, 1);
        }

        public void Dispose()
        {
            foreach (var norm in _norms) _add(norm, -1);
            _norms.Clear(); // disposing twice counts once
        }
    }
}
