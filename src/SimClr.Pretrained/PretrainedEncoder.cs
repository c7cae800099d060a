using SimClr.Runs;

namespace SimClr.Pretrained;

/// <summary>An encoder that somebody else trained and published as a NuGet package.</summary>
public sealed record PretrainedEncoder
{
    /// <summary>Its name here, which stands for its run folder.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in one line.</summary>
    public required string Description { get; init; }

    /// <summary>The package.</summary>
    public required string Package { get; init; }

    /// <summary>The package's version.</summary>
    public required string Version { get; init; }

    /// <summary>The ONNX file in the package, with slashes.</summary>
    public required string File { get; init; }

    /// <summary>The SHA-256 of that file, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The size of that file, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The license, as an SPDX identifier.</summary>
    public required string License { get; init; }

    /// <summary>What the network takes.</summary>
    public required ImportOptions Import { get; init; }

    /// <summary>Package and version, as messages and records name them.</summary>
    public string Source => $"NuGet {Package} {Version}";
}
