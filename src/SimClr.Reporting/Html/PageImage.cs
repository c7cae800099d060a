using SimClr.Images;

namespace SimClr.Reporting;

/// <summary>An image of a page.</summary>
/// <param name="Name">Its name: a path, or a file and record number. The page shows the last part of it.</param>
/// <param name="Caption">Words under it, for example a similarity; may be empty.</param>
/// <param name="Load">Decodes it, or gives null where it is gone; called once, when the page is written.</param>
public sealed record PageImage(string Name, string Caption, Func<RgbImage?> Load);
