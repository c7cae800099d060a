namespace SimClr.Reporting;

/// <summary>Images of a page that belong together.</summary>
/// <param name="Heading">Words above them.</param>
/// <param name="Images">The images, in order.</param>
public sealed record PageSection(string Heading, IReadOnlyList<PageImage> Images);
