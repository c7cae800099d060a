using System.Text;
using SimClr.Features;
using SimClr.Models;
using SimClr.Settings;
using static TorchSharp.torch;

namespace SimClr.Classification;

/// <summary>A network within a file that holds more: <c>encoder.conv1.weight</c>, …, and <c>head.linear1.weight</c>, ….</summary>
internal static class PackedNetwork
{
    private const string Encoder = "encoder.", Head = "head.";

    /// <summary>The network's tensors by name, without the counts of batches, which influence nothing.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Tensors(Backbone network) =>
        network.state_dict().Where(entry => !ModuleWeights.IsBatchCount(entry.Key)).Select(entry => (entry.Key, entry.Value));

    /// <summary>
    /// The SHA-256 of names and values: a file that lost a bit would otherwise go on, with answers that are a little wrong.
    /// </summary>
    public static string HashOf(IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var byName = tensors.ToDictionary(entry => entry.Name, entry => entry.Tensor);
        return TensorHash.Compute([], byName.Keys, name => byName[name], (name, _) => Encoding.UTF8.GetBytes(name + "\0"));
    }

    /// <summary>Reads a network; the options may be anyone's, and shapes are compared before there is memory for them.</summary>
    /// <exception cref="WeightsException">The file's tensors are not those of the network.</exception>
    /// <exception cref="SettingsException">The head has no such layer.</exception>
    public static Backbone Read(SafeTensorsFile file, ModelOptions model, int layer)
    {
        using (var shapes = new ResNet(model.ToResNet(), new InitialWeights(0, 0) { ShapesOnly = true }))
        {
            Require(file, shapes.state_dict().Select(entry => (Encoder + entry.Key, entry.Value)));
            if (layer > 0) RequireHead(file, model.ToHead(), shapes.FeatureDimension);
        }
        var network = new Backbone(model.ToResNet(), model.ToHead(), layer, seed: 0);
        try
        {
            Require(file, network.state_dict().Select(entry => (entry.Key, entry.Value)));
            using var frozen = no_grad();
            foreach (var (name, target) in Tensors(network))
            {
                using var scope = NewDisposeScope();
                target.copy_(file.Get(name));
            }
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static void Require(SafeTensorsFile file, IEnumerable<(string Name, Tensor Tensor)> expected)
    {
        foreach (var (name, tensor) in expected.Where(entry => !ModuleWeights.IsBatchCount(entry.Name)))
            if (ModuleWeights.Difference(name, tensor, file) is { } difference) throw new WeightsException(difference);
    }

    private static void RequireHead(SafeTensorsFile file, ProjectionHeadOptions head, int dimension)
    {
        if (head.Kind == ProjectionHeadKind.Identity) return;
        var count = head.Kind == ProjectionHeadKind.Linear ? 1 : head.Layers;
        for (var (layer, inputs) = (1, dimension); layer <= count; layer++)
        {
            var outputs = layer == count ? head.OutputDimension : head.HiddenDimension ?? dimension;
            var name = $"{Head}linear{layer}.weight";
            if (!file.Shape(name).SequenceEqual([outputs, inputs]))
                throw new WeightsException($"{name} is [{string.Join(", ", file.Shape(name))}], not [{outputs}, {inputs}]");
            inputs = outputs;
        }
    }
}
