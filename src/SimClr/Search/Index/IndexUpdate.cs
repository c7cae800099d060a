namespace SimClr.Search;

/// <summary>The counts of an update of an index.</summary>
/// <param name="Added">Images that are new or have changed, and were embedded.</param>
/// <param name="Kept">Images whose vectors were kept.</param>
/// <param name="Removed">Images that are gone, have changed, or cannot be read any more.</param>
/// <param name="Unreadable">Images that could not be read and were left out.</param>
public sealed record IndexUpdate(int Added, int Kept, int Removed, int Unreadable);
