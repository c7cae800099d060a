using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SimClr.Settings;

/// <summary>
/// The JSON form of settings: one flat object, in which nothing tells which record holds a setting. Names, words and order are
/// kept from version to version.
/// </summary>
internal static class FlatSettings
{
    // A setting that is not listed comes behind those that are.
    private static readonly string[] Order =
    [
        "encoder", "width", "stem", "initial_weights", "freeze", "layer_decay", "head_epochs", "keep_better", "normalization",
        "selective_kernels", "initialization", "zero_init_residual", "recompute_blocks", "head", "head_layers",
        "hidden_dimension", "projection_dimension", "image_size", "evaluation_image_size", "epochs", "batch_size",
        "micro_batch", "loss", "temperature", "negatives", "margin", "normalize_projections", "optimizer", "learning_rate",
        "learning_rate_scaling", "weight_decay", "momentum", "nesterov", "warmup_epochs", "final_learning_rate", "ema", "views",
        "transforms", "second_transforms", "color_strength", "brightness", "contrast", "saturation", "hue", "gray", "blur",
        "crop_scale_min", "crop_scale_max", "interpolation", "small_views", "small_size", "small_scale", "precision", "device",
        "threads", "workers", "seed", "online_probe", "limit", "checkpoint_epochs", "checkpoint_minutes", "checkpoint_steps",
        "non_finite", "knn_epochs",
    ];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters =
        {
            Words(SettingChoices.Encoder), Words(SettingChoices.Stem), Words(SettingChoices.Normalization),
            Words(SettingChoices.Initialization), Words(SettingChoices.Head), Words(SettingChoices.Loss),
            Words(SettingChoices.Negatives), Words(SettingChoices.Optimizer), Words(SettingChoices.LearningRateScaling),
            Words(SettingChoices.NonFinite), Words(SettingChoices.Precision), Words(SettingChoices.Interpolation),
            new ImageSizesConverter(), new ScaleRangeConverter(),
        },
    };

    // Which record holds a setting, as the tree names it; empty where it is the outermost.
    private static readonly Dictionary<string, string> Records = Flatten(Tree(new()))
        .ToDictionary(setting => setting.Name, setting => setting.Record);

    /// <summary>The flat form.</summary>
    public static JsonObject Write(PretrainingOptions options) => new(Flatten(Tree(options))
        .OrderBy(setting => Array.IndexOf(Order, setting.Name) is var at and >= 0 ? at : int.MaxValue)
        .Select(setting => KeyValuePair.Create(setting.Name, setting.Value?.DeepClone())));

    /// <summary>Settings of the flat form; what it lacks has its default.</summary>
    /// <exception cref="SettingsException">A word is unknown.</exception>
    /// <exception cref="JsonException">A value has the wrong type; the path ends in its name.</exception>
    public static PretrainingOptions Read(JsonObject flat)
    {
        var tree = new JsonObject();
        foreach (var (name, value) in flat)
        {
            var record = Records[name] is { Length: > 0 } nested ? (tree[nested] ??= new JsonObject()).AsObject() : tree;
            record[name] = value?.DeepClone();
        }
        return tree.Deserialize<PretrainingOptions>(Json)!;
    }

    private static JsonObject Tree(PretrainingOptions options) => JsonSerializer.SerializeToNode(options, Json)!.AsObject();

    private static IEnumerable<(string Record, string Name, JsonNode? Value)> Flatten(JsonObject tree) =>
        from member in tree
        from setting in member.Value is JsonObject record
            ? record.Select(inner => (member.Key, inner.Key, inner.Value))
            : [("", member.Key, member.Value)]
        select setting;

    private static ChoiceConverter<T> Words<T>(Choices<T> choices) => new(choices);
}
