// Prints the representation h of a picture, one line of numbers: dotnet run MODEL.onnx PICTURE
// The model is made by: simclr export RUN --out MODEL.onnx
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SkiaSharp;

using var session = new InferenceSession(args[0]);
var about = session.ModelMetadata.CustomMetadataMap;
var side = int.Parse(about["image_size"], CultureInfo.InvariantCulture);
var shorter = float.Parse(about["shorter_side"], CultureInfo.InvariantCulture);

// The shorter side is resized, and the centre cropped; a picture of the right size is left as it is.
using var picture = SKImage.FromEncodedData(args[1]) ?? throw new InvalidDataException($"{args[1]} is not a picture");
var scale = picture.Width == side && picture.Height == side ? 1 : shorter / Math.Min(picture.Width, picture.Height);
var (width, height) = (scale * picture.Width, scale * picture.Height);
using var bitmap = new SKBitmap(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque);
using (var canvas = new SKCanvas(bitmap))
    canvas.DrawImage(picture, SKRect.Create((side - width) / 2, (side - height) / 2, width, height),
        new SKSamplingOptions(SKFilterMode.Linear, scale < 1 ? SKMipmapMode.Linear : SKMipmapMode.None));
var pixels = bitmap.Bytes.Where((_, i) => i % 4 != 3).ToArray(); // [1, S, S, 3]: red, green, blue

using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, side, side, 3]);
using var outputs = session.Run(new RunOptions(), ["pixels"], [input], ["h"]);
var h = outputs[0].GetTensorDataAsSpan<float>(); // [1, d]
Console.WriteLine(string.Join(' ', h.ToArray().Select(x => x.ToString(CultureInfo.InvariantCulture))));
