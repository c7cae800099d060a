using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>Parameters that one call of an <see cref="UpdateScript"/> changes, and what is remembered of them.</summary>
/// <param name="decays">Whether they are decayed (and by LARS adapted).</param>
/// <param name="parameters">The parameters.</param>
/// <param name="buffers">A list of tensors beside them for each thing remembered.</param>
internal sealed class ParameterGroup(bool decays, Parameter[] parameters, Tensor[][] buffers)
{
    // Kept, so that a step allocates no lists: parameters, gradients, then the buffers.
    private readonly Tensor[][] _lists = [parameters, new Tensor[parameters.Length], .. buffers];

    /// <summary>Whether they are decayed (and by LARS adapted).</summary>
    public bool Decays => decays;

    /// <summary>
    /// Lists of the same length: the parameters that have a gradient, their gradients, and what is remembered of them. The
    /// gradients belong to the caller's dispose scope. Empty lists, where no parameter has a gradient.
    /// </summary>
    public Tensor[][] WithGradients()
    {
        var missing = false;
        for (var i = 0; i < parameters.Length; i++)
        {
            _lists[1][i] = parameters[i].grad!;
            missing |= _lists[1][i] is null;
        }
        if (!missing) return _lists;
        var gradients = _lists[1];
        return Array.ConvertAll(_lists, list => list.Where((_, i) => gradients[i] is not null).ToArray());
    }

    /// <summary>
    /// Which of the tensors belong together: those of one kind, in order, up to some number of elements; a larger tensor is a
    /// group of its own.
    /// </summary>
    /// <param name="tensors">Of each tensor, whether it decays, and its number of elements.</param>
    /// <param name="limit">The number of elements.</param>
    public static IEnumerable<(bool Decays, int[] Indices)> Partition(IReadOnlyList<(bool Decays, long Size)> tensors, long limit)
    {
        foreach (var kind in Enumerable.Range(0, tensors.Count).GroupBy(i => tensors[i].Decays))
        {
            var (group, size) = (new List<int>(), 0L);
            foreach (var i in kind)
            {
                if (group.Count > 0 && size + tensors[i].Size > limit)
                {
                    yield return (kind.Key, [.. group]);
                    (group, size) = ([], 0);
                }
                group.Add(i);
                size += tensors[i].Size;
            }
            yield return (kind.Key, [.. group]);
        }
    }
}
