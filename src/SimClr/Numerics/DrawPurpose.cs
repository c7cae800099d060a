namespace SimClr.Numerics;

/// <summary>The purpose of a random stream. Values are part of every result: never renumber, only append.</summary>
public enum DrawPurpose
{
    /// <summary>The parameters of an augmented view.</summary>
    View = 1,

    /// <summary>The order of an epoch.</summary>
    Order = 2,

    /// <summary>Initial weights.</summary>
    Weights = 3,

    /// <summary>A procedurally rendered image.</summary>
    Shape = 4,

    /// <summary>A split of a dataset into parts.</summary>
    Split = 5,

    /// <summary>The order in which a classifier sees its samples.</summary>
    Classifier = 6,

    /// <summary>A choice of examples for a person to look at.</summary>
    Gallery = 7,

    /// <summary>An image in place of one that cannot be read.</summary>
    Substitute = 8,
}
