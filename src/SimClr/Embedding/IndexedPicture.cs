namespace SimClr.Embedding;

/// <summary>A picture of an index.</summary>
/// <param name="Picture">Its name: a path, or a file and record number.</param>
/// <param name="ClassName">Its class, or null.</param>
/// <param name="Stamp">What changes when the picture does: a file's size and time, or the fingerprint of its dataset.</param>
public sealed record IndexedPicture(string Picture, string? ClassName, string Stamp);
