namespace SimClr.Reporting;

/// <summary>Pictures of a page that belong together.</summary>
/// <param name="Heading">Words above them.</param>
/// <param name="Pictures">The pictures, in order.</param>
public sealed record PageSection(string Heading, IReadOnlyList<PagePicture> Pictures);
