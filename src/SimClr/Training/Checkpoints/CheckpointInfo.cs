using System.Text.Json.Serialization;

namespace SimClr.Training;

/// <summary>Where a run stood, and what must be the same for it to continue; everything but the tensors.</summary>
public sealed record CheckpointInfo
{
    /// <summary>The version of the checkpoint format that this library writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the checkpoint format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Epochs completed.</summary>
    public required int Epoch { get; init; }

    /// <summary>Optimizer steps taken since the run began.</summary>
    public required long Step { get; init; }

    /// <summary>Optimizer steps taken in the epoch under way; 0 between epochs.</summary>
    public required long StepInEpoch { get; init; }

    /// <summary>The run's seed. Random numbers follow from it by their coordinates: no generator state is kept.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The run's settings, as JSON.</summary>
    public required string Settings { get; init; }

    /// <summary>Identifies the content of the training set.</summary>
    public required string DataFingerprint { get; init; }

    /// <summary>Running figures (best loss, seconds so far, ...) by name; NaN and infinities are kept.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CheckpointInfo))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
