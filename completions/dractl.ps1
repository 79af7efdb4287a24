# Completion of dractl for PowerShell. Add to $PROFILE:
#   dractl completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName dractl, kubectl-dra -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $program = $words[0]
    $words = @($words | Select-Object -Skip 1)
    # Old releases drop an empty argument, so an empty word has a request of its own.
    $request = if ($wordToComplete) { '__complete' } else { '__complete-next' }
    & $program $request @words 2>$null | Where-Object { $_ -notmatch '^:\d+$' } |
        ForEach-Object {
            $value, $meaning = $_ -split "`t", 2
            if (-not $meaning) { $meaning = $value }
            [System.Management.Automation.CompletionResult]::new(
                $value, $value, 'ParameterValue', $meaning)
        }
}
