using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SimClr.Optimization;

/// <summary>Parameters that one call of an <see cref="UpdateScript"/> changes, and their buffers.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="buffers">For each kind of buffer, one tensor per parameter.</param>
internal sealed class ParameterGroup(Parameter[] parameters, Tensor[][] buffers)
{
    // Kept, so that a step allocates none: parameters, gradients, then the buffers.
    private readonly Tensor[][] _lists = [parameters, new Tensor[parameters.Length], .. buffers];

    /// <summary>
    /// Lists of one length: the parameters that have a gradient, their gradients, and what is remembered of them. The gradients
    /// belong to the caller's dispose scope, and the lists are good until the next call.
    /// </summary>
    public Tensor[][] WithGradients()
    {
        var gradients = _lists[1];
        var complete = true;
        for (var i = 0; i < parameters.Length; i++)
        {
            gradients[i] = parameters[i].grad!;
            complete &= gradients[i] is not null;
        }
        return complete
            ? _lists
            : Array.ConvertAll(_lists, list => list.Where((_, i) => gradients[i] is not null).ToArray());
    }

    /// <summary>
    /// Indices of tensors that go together: consecutive ones with at most <paramref name="limit"/> elements in total; a larger
    /// tensor goes alone.
    /// </summary>
    public static IEnumerable<int[]> Partition(IReadOnlyList<long> sizes, long limit)
    {
        var begin = 0;
        var total = 0L;
        for (var i = 0; i < sizes.Count; i++)
        {
            if (i > begin && total + sizes[i] > limit)
            {
                yield return [.. Enumerable.Range(begin, i - begin)];
                (begin, total) = (i, 0);
            }
            total += sizes[i];
        }
        if (begin < sizes.Count) yield return [.. Enumerable.Range(begin, sizes.Count - begin)];
    }
}
