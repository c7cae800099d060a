namespace SimClr.Studies;

/// <summary>How a study is drawn.</summary>
public enum StudyForm
{
    /// <summary>Bars with the deviation over seeds: columns along the axis, a color for each row.</summary>
    Bars,

    /// <summary>A matrix of colored numbers with the average of each row (Figure 5).</summary>
    HeatMap,

    /// <summary>Accuracy against the number of the encoder's parameters (Figure 7).</summary>
    Parameters,
}
