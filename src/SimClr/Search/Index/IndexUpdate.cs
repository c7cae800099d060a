namespace SimClr.Search;

/// <summary>The counts of an update of an index.</summary>
/// <param name="Added">Pictures that are new or have changed, and were embedded.</param>
/// <param name="Kept">Pictures whose vectors were kept.</param>
/// <param name="Removed">Pictures that are gone, have changed, or cannot be read any more.</param>
/// <param name="Unreadable">Pictures that could not be read and were left out.</param>
public sealed record IndexUpdate(int Added, int Kept, int Removed, int Unreadable);
