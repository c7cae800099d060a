// SimCLR's training loop (Algorithm 1 of the paper) on one page: dotnet run [DATA [EPOCHS [N]]]
// DATA is shapes:COUNT, cifar10:DIR or a folder of images. N images make a batch of 2N views.
using SimClr.Augmentation;
using SimClr.Data;
using SimClr.Losses;
using SimClr.Models;
using SimClr.Native;
using SimClr.Optimization;
using TorchSharp;
using static TorchSharp.torch;

const int side = 32; // S, pixels
const ulong seed = 1;
var data = args.ElementAtOrDefault(0) ?? "shapes:2000";
var epochs = int.Parse(args.ElementAtOrDefault(1) ?? "5");
var n = int.Parse(args.ElementAtOrDefault(2) ?? "128");

// Each epoch draws two new views of every image. Threads render them while the model trains.
var policy = AugmentationPolicy.Paper(side, colorStrength: 0.5, blurProbability: 0);
var images = DatasetSource.Open(data, side).Train;
var loader = new ViewBatches(images, policy, new() { BatchSize = n, Seed = seed });
var steps = loader.StepsPerEpoch;

// The encoder f and the projection head g. The stem that strides makes this a matter of seconds; StemKind.Cifar learns more.
var device = TorchRuntime.SelectDevice();
var encoder = new ResNetOptions { Name = "resnet18", Width = 0.25, Stem = StemKind.ImageNet };
using var model = new SimClrModel(encoder, new ProjectionHeadOptions { OutputDimension = 64 }, seed);
model.to(device);
model.train();

var objective = new NtXent { Temperature = 0.2 };
using var optimizer = Optimizer.Create(new() { Kind = OptimizerKind.Lars, WeightDecay = 1e-4 }, model.named_parameters());
var schedule = new LearningRateSchedule // linear warmup for one epoch, then half a cosine down to 0
{
    Peak = LearningRateScaling.Linear.Peak(baseRate: 1, batchSize: n),
    WarmupSteps = steps,
    TotalSteps = (long)epochs * steps,
}.Validated();

for (var epoch = 0; epoch < epochs; epoch++)
{
    var (sum, found) = (0.0, 0.0);
    foreach (var batch in loader.Epoch(epoch))
    {
        using var scope = NewDisposeScope();         // frees every tensor of the step
        var views = batch.ToTensor(device);          // [2N, 3, S, S]; rows i and i+N show the same image
        var h = model.Encoder.call(views);           // [2N, d]
        var z = model.Head.call(h);                  // [2N, p]
        var (loss, top1, _) = objective.Compute(z);  // scalars
        optimizer.ZeroGrad();
        loss.backward();
        optimizer.Step(schedule.At(optimizer.StepCount));
        (sum, found) = (sum + loss.item<float>(), found + top1.item<float>());
    }
    Console.WriteLine($"epoch {epoch + 1}: loss {sum / steps:0.000} (chance {objective.ChanceLevel(n):0.000}), "
        + $"pairs found {found / steps:P1}");
}
