namespace SimClr.Images;

/// <summary>An image, perhaps smaller than it is in its file.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Shrink">
/// 1, 2, 4 or 8. The image has 1/<paramref name="Shrink"/> of the full width and height, rounded up, and its pixel i covers the
/// full-size pixels from i·<paramref name="Shrink"/> up to, but without, (i+1)·<paramref name="Shrink"/>.
/// </param>
public readonly record struct DecodedImage(RgbImage Image, int Shrink);
