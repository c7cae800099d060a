using static TorchSharp.torch;

namespace SimClr.Models;

/// <summary>
/// A residual block of which only the input is kept for the backward pass, where the block is computed a second time (Chen et al.
/// 2016, arXiv:1604.06174): less memory for about a third more time. Results and gradients are the same to the last bit.
/// </summary>
internal sealed class RecomputedBlock : autograd.SingleTensorFunction<RecomputedBlock>
{
    /// <inheritdoc/>
    public override string Name => nameof(RecomputedBlock);

    /// <summary>Applies a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="input">The input, <c>[B, C, H, W]</c>.</param>
    /// <param name="chain">Shared by the blocks of one forward pass.</param>
    /// <returns>The output, owned by the caller's dispose scope.</returns>
    public static Tensor Call(ResidualBlock block, Tensor input, Chain chain)
    {
        if (!input.requires_grad || !is_grad_enabled()) return block.call(input);
        using var scope = NewDisposeScope(); // TorchSharp leaves an empty copy of the output in it
        return apply(input, block, chain).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var input = (Tensor)vars[0];
        ctx.save_for_backward([input]);
        ctx.save_data(nameof(ResidualBlock), vars[1]);
        ctx.save_data(nameof(Chain), vars[2]);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        return ((ResidualBlock)vars[1]).call(input).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        using var outputGradient = grad_output;
        var input = ctx.get_saved_variables()[0].detach().requires_grad_();
        using (enable_grad())
        {
            var output = ((ResidualBlock)ctx.get_data(nameof(ResidualBlock))).CallAgain(input);
            autograd.backward([output], [outputGradient]); // leaves the parameters' gradients where they belong
        }
        var inputGradient = input.grad!.MoveToOuterDisposeScope();
        ((Chain)ctx.get_data(nameof(Chain))).Returned(inputGradient);
        return [inputGradient, null!, null!];
    }

    /// <summary>
    /// Remembers the gradient that the last block returned. libtorch takes its own reference, but only after the return; ours is
    /// let go when the next block has its turn, or else all of them would live until the end of the step.
    /// </summary>
    public sealed class Chain
    {
        private Tensor? _last;

        /// <summary>Replaces the gradient.</summary>
        public void Returned(Tensor gradient)
        {
            _last?.Dispose();
            _last = gradient;
        }
    }
}
