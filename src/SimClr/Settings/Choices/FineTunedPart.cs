namespace SimClr.Settings;

/// <summary>Which part of an encoder is trained along with the classifier that stands on it.</summary>
public enum FineTunedPart
{
    /// <summary>None: the encoder stays as it is.</summary>
    Never,

    /// <summary>The one that does best in cross-validation.</summary>
    Auto,

    /// <summary>The last of the four stages of residual blocks.</summary>
    LastStage,

    /// <summary>The last two stages.</summary>
    LastTwoStages,

    /// <summary>The last three stages.</summary>
    LastThreeStages,

    /// <summary>All layers.</summary>
    All,
}
