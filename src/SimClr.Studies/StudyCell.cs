using System.Text.Json.Nodes;

namespace SimClr.Studies;

/// <summary>One place in a study's grid: the settings of its runs, and its place in the paper's table or figure.</summary>
/// <param name="Key">Names the cell on the command line and its folders: lower-case letters, digits, dots and dashes.</param>
/// <param name="Row">
/// Label of the series it belongs to; <c>{setting}</c> stands for that setting's value, for example <c>{batch_size}</c>.
/// </param>
/// <param name="Column">Label of its place in the series; likewise.</param>
/// <param name="Settings">Settings (snake_case) that its runs have, whatever the others are.</param>
public sealed record StudyCell(string Key, string Row, string Column, JsonObject Settings)
{
    /// <summary>How its runs learn.</summary>
    public CellKind Kind { get; init; }

    /// <summary>Label of the part of the figure it belongs to; empty where there is one part.</summary>
    public string Panel { get; init; } = "";

    /// <summary>Settings (snake_case) that this cell multiplies, and the factor of each.</summary>
    public IReadOnlyDictionary<string, double> Multiples { get; init; } = new Dictionary<string, double>();

    /// <summary>The paper's figure; null where it gives no number.</summary>
    public PaperFigures? Paper { get; init; }
}

/// <summary>Figures of the paper, as fractions.</summary>
/// <param name="Top1">Linear evaluation, top-1.</param>
/// <param name="ContrastiveTop1">Contrastive accuracy, where it is given.</param>
/// <param name="Entropy">Entropy of the candidates in nats, where it is given.</param>
public sealed record PaperFigures(double Top1, double? ContrastiveTop1 = null, double? Entropy = null);
