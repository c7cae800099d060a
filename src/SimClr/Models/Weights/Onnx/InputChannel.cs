namespace SimClr.Models;

/// <summary>A channel of what a convolution takes: <c>Scale · x + Shift</c> of one channel x of the image.</summary>
/// <param name="Source">The image's channel: 0 red, 1 green, 2 blue.</param>
/// <param name="Scale">The factor; not 0.</param>
/// <param name="Shift">What is added.</param>
internal readonly record struct InputChannel(int Source, double Scale, double Shift);
