// Prints what a model says of an image, one line of numbers: dotnet run MODEL.onnx IMAGE
// That is the representation h, or with a classifier the probabilities of its classes. The model is made by
// simclr export RUN --out MODEL.onnx --input normalized, which gives the library's numbers; without the last option the image
// is rounded to bytes after resizing, and they differ in the third or fourth digit.
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using OnnxFeatures;

using var session = new InferenceSession(args[0]);
var about = session.ModelMetadata.CustomMetadataMap;
var side = int.Parse(about["image_size"], CultureInfo.InvariantCulture);
var shorter = int.Parse(about["shorter_side"], CultureInfo.InvariantCulture);
var image = Image.Read(args[1]).Center(side, shorter); // [S, S, 3]: red, green, blue, 0 to 255

using var input = about["input"] == "pixels"
    ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(image, value => (byte)(value + 0.5)), [1, side, side, 3])
    : OrtValue.CreateTensorValueFromMemory(Normalized(image), [1, 3, side, side]);
var output = about.ContainsKey("classes") ? "probabilities" : "h";
using var outputs = session.Run(new RunOptions(), session.InputNames, [input], [output]);
var numbers = outputs[0].GetTensorDataAsSpan<float>().ToArray();
Console.WriteLine(string.Join(' ', numbers.Select(x => x.ToString(CultureInfo.InvariantCulture))));

// [3, S, S]: the mean and deviation of the images that the encoder was trained on.
float[] Normalized(double[] pixels)
{
    (double[] mean, double[] deviation) = about["normalization"] switch
    {
        "imagenet" => ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        "cifar10" => ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]),
        _ => (new double[3], (double[])[1, 1, 1]),
    };
    var planes = new float[pixels.Length];
    for (var i = 0; i < pixels.Length; i++)
        planes[i % 3 * side * side + i / 3] = (float)((pixels[i] / 255 - mean[i % 3]) / deviation[i % 3]);
    return planes;
}
