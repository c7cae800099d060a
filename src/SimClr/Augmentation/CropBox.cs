namespace SimClr.Augmentation;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Top">First row, from 0.</param>
/// <param name="Left">First column, from 0.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Width">Number of columns.</param>
public readonly record struct CropBox(int Top, int Left, int Height, int Width)
{
    /// <summary>Whether the rectangle is not empty and lies inside an image of the given size.</summary>
    internal bool LiesIn(int width, int height) =>
        Top >= 0 && Left >= 0 && Height >= 1 && Width >= 1 && Top <= height - Height && Left <= width - Width;
}
