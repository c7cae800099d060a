namespace SimClr.Models;

/// <summary>
/// Follows the channels of an image through the operations before a network's first convolution: orders, factors and shifts, as
/// exporters write them. Everything else is refused.
/// </summary>
internal sealed class InputPath
{
    private readonly OnnxContent _content;
    private readonly Dictionary<string, (int Axis, InputChannel[] Channels)> _values = [];

    private InputPath(OnnxContent content, OnnxInput input, int axis)
    {
        _content = content;
        _values[input.Name] = (axis, [new(0, 1, 0), new(1, 1, 0), new(2, 1, 0)]);
    }

    /// <summary>Finds the first convolution and what it takes of the image.</summary>
    /// <param name="content">The file.</param>
    /// <returns>The convolution, and its input's channels in their order.</returns>
    /// <exception cref="WeightsException">The way to it is not understood.</exception>
    public static (OnnxNode Stem, IReadOnlyList<InputChannel> Channels) Find(OnnxContent content)
    {
        if (content.Inputs is not [var input])
            throw Unknown(content, $"takes {content.Inputs.Count} inputs, not one of images");
        var axis = input.Shape switch
        {
            [_, 3, _, _] => 1,
            [_, _, _, 3] => 3,
            [_, <= 0, _, _] => 1, // open sizes: as usual in networks from PyTorch
            _ => throw Unknown(content, $"takes [{string.Join(", ", input.Shape)}], not images of three channels"),
        };
        var path = new InputPath(content, input, axis);
        foreach (var node in content.Nodes)
        {
            if (!node.Inputs.Any(path._values.ContainsKey)) continue;
            if (node.Operation == "Conv" && path._values.TryGetValue(node.Inputs[0], out var seen))
                return seen.Channels.Length == 3
                    ? (node, seen.Channels)
                    : throw Unknown(content, $"gives {seen.Channels.Length} channels to its first convolution, not three");
            path.Follow(node);
        }
        throw Unknown(content, "has no convolution");
    }

    private void Follow(OnnxNode node)
    {
        switch (node.Operation)
        {
            case "Add" or "Sub" or "Mul" or "Div":
                Scale(node);
                break;
            case "Transpose":
                var (axis, channels) = _values[node.Inputs[0]];
                var to = node.List("perm", 3, 2, 1, 0).ToList().IndexOf(axis);
                _values[node.Output] = (to, channels);
                break;
            case "Split":
                Split(node);
                break;
            case "Concat":
                Join(node);
                break;
            case "Gather":
                Pick(node);
                break;
            default:
                throw Unknown(_content, $"gives the image to {node.Operation} before its first convolution");
        }
    }

    /// <summary>Arithmetic with a constant: one number, one for every channel, or an image of them, whose means count.</summary>
    private void Scale(OnnxNode node)
    {
        var isFirst = _values.ContainsKey(node.Inputs[0]);
        var (axis, channels) = _values[node.Inputs[isFirst ? 0 : 1]];
        if (_content.Constant(node.Inputs[isFirst ? 1 : 0]) is not { } constant || (!isFirst && node.Operation == "Div"))
            throw Unknown(_content, $"has a {node.Operation} before its first convolution that is none with a constant");
        var values = MeansOf(constant, axis, channels.Length);
        _values[node.Output] = (axis, [.. channels.Select((channel, i) => node.Operation switch
        {
            "Add" => channel with { Shift = channel.Shift + values[i] },
            "Sub" when isFirst => channel with { Shift = channel.Shift - values[i] },
            "Sub" => channel with { Scale = -channel.Scale, Shift = values[i] - channel.Shift },
            "Mul" => channel with { Scale = channel.Scale * values[i], Shift = channel.Shift * values[i] },
            _ => channel with { Scale = channel.Scale / values[i], Shift = channel.Shift / values[i] },
        })]);
    }

    private double[] MeansOf(OnnxTensor constant, int axis, int channels)
    {
        var values = constant.Singles();
        var fromEnd = 4 - axis; // shapes are matched from their ends
        var size = fromEnd <= constant.Shape.Count ? constant.Shape[^fromEnd] : 1;
        if (values.Length == 0 || (size != 1 && size != channels))
            throw Unknown(_content, $"calculates with '{constant.Name}', which does not fit the image's channels");
        var inner = constant.Shape.TakeLast(Math.Min(fromEnd - 1, constant.Shape.Count)).Aggregate(1L, (all, n) => all * n);
        var (sums, counts) = (new double[size], new long[size]);
        for (var i = 0; i < values.Length; i++)
        {
            var channel = i / inner % size;
            sums[channel] += values[i];
            counts[channel]++;
        }
        return [.. Enumerable.Range(0, channels).Select(c => size == 1 ? sums[0] / counts[0] : sums[c] / counts[c])];
    }

    private void Split(OnnxNode node)
    {
        var (axis, channels) = _values[node.Inputs[0]];
        if (AxisOf(node) != axis || node.Outputs.Count != channels.Length)
            throw Unknown(_content, "splits the image in another way than into its channels");
        for (var i = 0; i < channels.Length; i++) _values[node.Outputs[i]] = (axis, [channels[i]]);
    }

    private void Join(OnnxNode node)
    {
        if (!node.Inputs.All(_values.ContainsKey)) throw Unknown(_content, "joins the image with something else");
        var parts = node.Inputs.Select(input => _values[input]).ToList();
        if (parts.Any(part => part.Axis != AxisOf(node))) throw Unknown(_content, "joins channels along another axis");
        _values[node.Output] = (parts[0].Axis, [.. parts.SelectMany(part => part.Channels)]);
    }

    private void Pick(OnnxNode node)
    {
        var (axis, channels) = _values[node.Inputs[0]];
        if (AxisOf(node) != axis || _content.Constant(node.Inputs[1]) is not { Shape.Count: 1 } indices)
            throw Unknown(_content, "gathers other things of the image than its channels");
        _values[node.Output] = (axis, [.. indices.WholeNumbers().Select(index =>
            index >= -channels.Length && index < channels.Length
                ? channels[index < 0 ? index + channels.Length : index]
                : throw Unknown(_content, $"gathers channel {index} of an image"))]);
    }

    private static int AxisOf(OnnxNode node)
    {
        var axis = (int)node.Number("axis", 0);
        return axis < 0 ? axis + 4 : axis;
    }

    private static WeightsException Unknown(OnnxContent content, string what) => WeightsException.For(content.Path, what);
}
