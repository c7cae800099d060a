using SimClr.Native;
using static TorchSharp.torch;

namespace SimClr.Features;

/// <summary>
/// An encoder that is only looked through: while this object lives, the module is in evaluation mode (batch norm uses and keeps
/// its running statistics) and no parameter asks for a gradient. Disposing it restores the mode and the gradient flag of every
/// part; the module itself is not disposed. Safe for many threads: forward passes take turns, each on all cores, and disposing
/// waits for the one under way.
/// </summary>
public sealed class FrozenEncoder : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly (nn.Module Module, bool Training)[] _modes;
    private readonly (Tensor Parameter, bool RequiresGrad)[] _gradients;
    private readonly ScalarType _precision;
    private readonly Lock _turn = new(); // side by side, passes would only fight for the cores
    private bool _disposed;

    /// <summary>Freezes a module.</summary>
    /// <param name="module">Images <c>[B, 3, S, S]</c> to features <c>[B, d]</c>; <c>nn.Flatten()</c> gives raw pixels.</param>
    /// <param name="precision">The type in which images are given to it.</param>
    public FrozenEncoder(nn.Module<Tensor, Tensor> module, ScalarType precision = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(module);
        TorchRuntime.EnsureLoaded();
        (_module, _precision) = (module, precision);
        _modes = [.. Parts(module).Select(m => (m, m.training))];
        _gradients = [.. module.parameters().Select(p => ((Tensor)p, p.requires_grad))];
        module.eval();
        foreach (var (parameter, _) in _gradients) parameter.requires_grad = false;
    }

    /// <summary>Computes the features of all batches.</summary>
    /// <param name="batches">
    /// Images <c>[B, 3, S, S]</c> with their B labels (-1 for none). Each tensor is disposed after use, so that a stream of any
    /// length needs the memory of one batch.
    /// </param>
    /// <param name="classNames">Names of the classes.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="ArgumentException">A batch's labels do not match its images.</exception>
    /// <exception cref="InvalidOperationException">
    /// Something put the module back into training mode, or it does not give <c>[B, d]</c>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This object is disposed, perhaps by another thread meanwhile.</exception>
    public FeatureSet Extract(
        IEnumerable<(Tensor Images, int[] Labels)> batches,
        IReadOnlyList<string> classNames,
        CancellationToken cancellationToken = default) => Extract(batches, classNames, AveragedViews.One, cancellationToken);

    /// <summary>The same, of batches that hold C crops of each image: a vector for each image.</summary>
    internal FeatureSet Extract(IEnumerable<(Tensor Crops, int[] Labels)> batches, IReadOnlyList<string> classNames,
        AveragedViews views, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(classNames);
        var pieces = new List<float[]>();
        var labels = new List<int>();
        var dimension = 0;
        foreach (var (crops, batchLabels) in batches)
        {
            using (crops)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var images = crops.shape[0] / views.Crops.Count;
                if (images != batchLabels.Length)
                    throw new ArgumentException($"A batch has {images} images and {batchLabels.Length} labels.");
                pieces.Add(Features(crops, views, ref dimension));
                labels.AddRange(batchLabels);
            }
        }
        if (dimension == 0) throw new ArgumentException("There are no images to extract features from.");
        return new FeatureSet(Joined(pieces), dimension, [.. labels], classNames);
    }

    /// <summary>Computes the features of a batch.</summary>
    /// <param name="images">Images <c>[B, 3, S, S]</c>; they stay the caller's.</param>
    /// <returns><c>[B, d]</c> row by row.</returns>
    /// <exception cref="InvalidOperationException">As for a stream of batches.</exception>
    /// <exception cref="ObjectDisposedException">As for a stream of batches.</exception>
    public float[] Extract(Tensor images) => Extract(images, AveragedViews.One);

    /// <summary>The same, of C crops of each image <c>[B·C, 3, S, S]</c>: <c>[B, d]</c>.</summary>
    internal float[] Extract(Tensor crops, AveragedViews views)
    {
        ArgumentNullException.ThrowIfNull(crops);
        var dimension = 0;
        return Features(crops, views, ref dimension);
    }

    /// <summary>Restores the mode and the gradient flags that the module had.</summary>
    public void Dispose()
    {
        lock (_turn)
        {
            if (_disposed) return;
            _disposed = true;
            // From the outside in: setting a module's mode sets those of its parts too, and they come later in the list.
            foreach (var (module, training) in _modes) module.train(training);
            foreach (var (parameter, requiresGrad) in _gradients) parameter.requires_grad = requiresGrad;
        }
    }

    /// <summary>A module and all its parts, from the outside in (the module itself is not among its <c>modules()</c>).</summary>
    private static IEnumerable<nn.Module> Parts(nn.Module module) => module.children().SelectMany(Parts).Prepend(module);

    private float[] Features(Tensor crops, AveragedViews views, ref int dimension)
    {
        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Forward(crops, views, ref dimension);
        }
    }

    private float[] Forward(Tensor crops, AveragedViews views, ref int dimension)
    {
        if (_modes.Any(m => m.Module.training))
            throw new InvalidOperationException("The frozen encoder was put into training mode.");
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var input = _gradients.Length > 0 ? crops.to(_gradients[0].Parameter.device).to(_precision) : crops;
        var d = dimension;
        var output = views.Mean(Rows, input); // [B, d]
        dimension = (int)output.shape[1];
        return output.to(float32).cpu().contiguous().data<float>().ToArray();

        Tensor Rows(Tensor images)
        {
            var rows = _module.forward(images);
            return rows.dim() == 2 && rows.shape[0] == images.shape[0] && (d == 0 || rows.shape[1] == d)
                ? rows
                : throw new InvalidOperationException(
                    $"The encoder gave [{string.Join(", ", rows.shape)}] for {images.shape[0]} images.");
        }
    }

    private static float[] Joined(List<float[]> pieces)
    {
        var all = new float[checked(pieces.Sum(p => p.Length))];
        var offset = 0;
        for (var i = 0; i < pieces.Count; i++)
        {
            pieces[i].CopyTo(all, offset);
            offset += pieces[i].Length;
            pieces[i] = []; // raw pixels are large; a piece is not needed twice
        }
        return all;
    }
}
