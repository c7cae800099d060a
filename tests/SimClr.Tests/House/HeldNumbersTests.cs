using Mono.Cecil;

namespace SimClr.Tests.House;

/// <summary>
/// TorchSharp makes an object of a number given to an operation and does not hold it during the native call, so the collector may
/// free what the operation reads. Products therefore give every number as a scalar that is held.
/// </summary>
public sealed class HeldNumbersTests
{
    // They make scalars, and hold them.
    private static readonly string[] Holders =
        ["SimClr.Native.Scalars", "SimClr.Optimization.UpdateScript", "SimClr.Studies.LossSpeed"];

    private static readonly string Bin = AppContext.BaseDirectory;

    [Theory]
    [InlineData("SimClr")]
    [InlineData("SimClr.Studies")]
    [InlineData("SimClr.Reporting")]
    [InlineData("SimClr.Extensions")]
    [InlineData("SimClr.Cli")]
    public void No_product_calls_an_operation_that_makes_a_scalar_of_a_number(string product)
    {
        var makers = MakersOfScalars();
        using var module = ModuleDefinition.ReadModule(Path.Combine(Bin, $"{product}.dll"));
        var loose = from method in Methods(module)
                    where !Holders.Any(holder => method.DeclaringType.FullName.StartsWith(holder, StringComparison.Ordinal))
                    from called in Calls(method)
                    where MakesScalar(called) || makers.Contains(called.FullName)
                    select $"{method.FullName} calls {called.FullName}";
        Assert.Empty(loose);
    }

    [Fact]
    public void The_makers_are_found_through_all_that_they_call()
    {
        var makers = MakersOfScalars();
        Assert.Contains(makers, name => name.EndsWith("Tensor::add_(TorchSharp.torch/Tensor)", StringComparison.Ordinal));
        Assert.Contains(makers, name => name.EndsWith("Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)",
            StringComparison.Ordinal)); // by Tensor::add(Tensor)
        Assert.DoesNotContain(makers, name => name.EndsWith("Tensor::mm(TorchSharp.torch/Tensor)", StringComparison.Ordinal));
    }

    private static HashSet<string> MakersOfScalars()
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(Bin, "TorchSharp.dll"));
        var calls = Methods(module).Where(method => !method.DeclaringType.Name.StartsWith("Scalar", StringComparison.Ordinal))
            .ToDictionary(method => method.FullName, method => Calls(method).ToList());
        var makers = calls.Where(pair => pair.Value.Exists(MakesScalar)).Select(pair => pair.Key).ToHashSet();
        while (calls.Where(pair => !makers.Contains(pair.Key) && pair.Value.Exists(called => makers.Contains(called.FullName)))
            .Select(pair => pair.Key).ToList() is { Count: > 0 } callers)
            makers.UnionWith(callers);
        return makers;
    }

    private static bool MakesScalar(MethodReference method) =>
        method.ReturnType.Name == "Scalar" && method.Name is "op_Implicit" or "ToScalar";

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module) =>
        module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    private static IEnumerable<MethodReference> Calls(MethodDefinition method) =>
        method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MethodReference>();
}
