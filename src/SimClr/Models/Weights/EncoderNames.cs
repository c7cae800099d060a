namespace SimClr.Models;

/// <summary>
/// Where in a file a ResNet's tensors are: under torchvision's names, behind any prefix (<c>module.</c>, <c>backbone.</c>,
/// <c>encoder_q.</c>, …); numbered, as <c>nn.Sequential(*resnet.children())</c> names them; with <c>shortcut</c> for
/// <c>downsample</c>, as in common CIFAR-10 code. Classifiers and heads lie outside and are ignored.
/// </summary>
internal sealed class EncoderNames
{
    private const string Landmark = "layer1.0.conv1.weight";
    private const string NumberedLandmark = "4.0.conv1.weight";

    // The numbers of a torchvision ResNet's children; 2, 3, 8 and 9 (ReLU, pooling, fc) hold nothing of the encoder.
    private static readonly Dictionary<string, string> Children = new()
    {
        ["0"] = "conv1",
        ["1"] = "bn1",
        ["4"] = "layer1",
        ["5"] = "layer2",
        ["6"] = "layer3",
        ["7"] = "layer4",
    };

    private EncoderNames(SafeTensorsFile file, string prefix, bool numbered)
    {
        Prefix = prefix;
        var sources = new Dictionary<string, string>();
        var ignored = new List<string>();
        foreach (var name in file.Names)
        {
            if (Ours(name, prefix, numbered) is not { } ours || ModuleWeights.IsBatchCount(name)) ignored.Add(name);
            else if (!sources.TryAdd(ours, name))
                throw WeightsException.For(file.Path, $"'{sources[ours]}' and '{name}' both mean {ours}");
        }
        (Sources, Ignored) = (sources, ignored);
    }

    /// <summary>The prefix of the encoder's names; empty or ending in a dot.</summary>
    public string Prefix { get; }

    /// <summary>From torchvision's names to the file's.</summary>
    public IReadOnlyDictionary<string, string> Sources { get; }

    /// <summary>Names of the file that are no part of the encoder, or that evaluation does not need.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <summary>Finds the one ResNet of a file.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="prefix">Which one, where there are several; the last dot may be left out. Null: the only one.</param>
    /// <exception cref="WeightsException">There is none, or it is not clear which.</exception>
    public static EncoderNames Find(SafeTensorsFile file, string? prefix)
    {
        var found = file.Names.Select(name => Candidate(file, name)).OfType<(string Prefix, bool Numbered)>().ToList();
        if (prefix is not null)
        {
            var dotted = prefix.Length == 0 || prefix.EndsWith('.') ? prefix : prefix + ".";
            var chosen = found.FindIndex(candidate => candidate.Prefix == dotted);
            if (chosen >= 0) return new EncoderNames(file, found[chosen].Prefix, found[chosen].Numbered);
            var instead = found.Count > 0 ? $"; there is one behind {Quoted(found)}" : "";
            throw WeightsException.For(file.Path, $"there is no ResNet behind the prefix '{dotted}'{instead}");
        }
        if (found.Count > 1)
            throw WeightsException.For(file.Path, $"holds several ResNets, behind {Quoted(found)}; choose one by its prefix");
        if (found.Count == 0)
        {
            var some = string.Join(", ", file.Names.Take(3));
            throw WeightsException.For(file.Path, $"holds no ResNet: no tensor is called {Landmark} (it begins with {some})");
        }
        return new EncoderNames(file, found[0].Prefix, found[0].Numbered);
    }

    private static string Quoted(IEnumerable<(string Prefix, bool Numbered)> found) =>
        string.Join(" and ", found.Select(candidate => $"'{candidate.Prefix}'"));

    /// <summary>The prefix and form that a landmark's name implies, or null for other names.</summary>
    private static (string Prefix, bool Numbered)? Candidate(SafeTensorsFile file, string name)
    {
        if (Before(name, Landmark) is { } named) return (named, false);
        if (Before(name, NumberedLandmark) is not { } numbered) return null;
        // The stem: one convolution, or the first of three.
        return file.Contains(numbered + "0.weight") || file.Contains(numbered + "0.0.weight") ? (numbered, true) : null;
    }

    private static string? Before(string name, string landmark)
    {
        if (!name.EndsWith(landmark, StringComparison.Ordinal)) return null;
        var prefix = name[..^landmark.Length];
        return prefix.Length == 0 || prefix.EndsWith('.') ? prefix : null;
    }

    /// <summary>Torchvision's name for a tensor of the encoder, or null for one that lies outside of it.</summary>
    private static string? Ours(string name, string prefix, bool numbered)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var rest = name[prefix.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return null;
        var part = numbered ? Children.GetValueOrDefault(rest[..dot]) : Children.Values.FirstOrDefault(rest[..dot].Equals);
        return part is null ? null : part + rest[dot..].Replace(".shortcut.", ".downsample.", StringComparison.Ordinal);
    }
}
