#!/usr/bin/env escript
%% -*- erlang -*-
%%! -kernel logger_level none
%% Runs crash scripts under OTP's own supervisor, and says what it started and stopped.
%% In, on stdin, one term a script: {Tree, Steps}. Out, one line a script: a field for the start and each step.
%% Tokens: +P started, !P=R ended by the script, ~P told to stop, -P stopped; at the end the supervisors that live.
-mode(compile).
-behaviour(supervisor).
-export([main/1, init/1, start_supervisor/2, start_worker/2, worker/3]).

main(_) ->
    process_flag(trap_exit, true),
    ets:new(events, [named_table, public, ordered_set]),
    ets:new(processes, [named_table, public]),
    ets:new(stopping, [named_table, public]),
    run_all().

run_all() ->
    case io:read("") of
        {ok, {Tree, Steps}} ->
            [ets:delete_all_objects(T) || T <- [events, processes, stopping]],
            {ok, Top} = start_supervisor("", Tree),
            Fields = [settled("") | [step(Step, Top) || Step <- Steps]],
            io:format("~s~n", [lists:join("|", Fields)]),
            end_all(Top),
            run_all();
        eof -> ok
    end.

end_all(Top) ->
    exit(Top, kill),
    receive {'EXIT', Top, _} -> ok end,
    [exit(Pid, kill) || {_, Pid, _, _} <- ets:tab2list(processes)].

%% Steps

step({exit, Path, Reason}, _) ->
    case running(Path) of
        {ok, Pid} ->
            case ets:member(stopping, Path) of
                true -> settled("none");
                false -> end_worker(Pid, Reason), settled("")
            end;
        none -> settled("none")
    end;
step({finish, Path}, _) ->
    case {ets:member(stopping, Path), running(Path)} of
        {true, {ok, Pid}} -> end_worker(Pid, finish), settled("");
        _ -> settled("none")
    end;
step({wait, Ms}, _) ->
    timer:sleep(Ms),
    settled("");
step(Step, Top) ->
    case ets:info(stopping, size) of
        0 -> settled(command(Step, Top));
        _ -> settled("busy")
    end.

command(stop, Top) ->
    case is_process_alive(Top) of
        true -> exit(Top, shutdown), "";
        false -> "none"
    end;
command({start, Path, Child}, _) -> call(Path, start_child, child(Path, Child));
command({terminate, Path, Id}, _) -> call(Path, terminate_child, Id);
command({restart, Path, Id}, _) -> call(Path, restart_child, Id);
command({delete, Path, Id}, _) -> call(Path, delete_child, Id).

%% A child that is slow to stop keeps its supervisor from answering.
call(Path, Function, Argument) ->
    case running(Path) of
        none -> "none";
        {ok, Pid} ->
            Caller = spawn(fun() -> exit({answer, supervisor:Function(Pid, Argument)}) end),
            Monitor = monitor(process, Caller),
            answer(Monitor)
    end.

answer(Monitor) ->
    receive
        {'DOWN', Monitor, process, _, {answer, {error, {already_started, _}}}} -> "exists";
        {'DOWN', Monitor, process, _, {answer, {error, already_present}}} -> "exists";
        {'DOWN', Monitor, process, _, {answer, {error, Reason}}} -> atom_to_list(Reason);
        {'DOWN', Monitor, process, _, {answer, _}} -> "ok"
    after 1 ->
        case ets:info(stopping, size) of
            0 -> answer(Monitor);
            _ -> "ok"
        end
    end.

end_worker(Pid, How) ->
    Monitor = monitor(process, Pid),
    Pid ! How,
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

running(Path) ->
    case ets:lookup(processes, Path) of
        [{Path, Pid, _, _}] -> case is_process_alive(Pid) of true -> {ok, Pid}; false -> none end;
        [] -> none
    end.

%% What happened since, once nothing happens any more

settled(Answer) ->
    quiesce(-1),
    Happened = [Token || {_, Token} <- ets:tab2list(events)],
    ets:delete_all_objects(events),
    Living = lists:sort([P || {P, Pid, _, supervisor} <- ets:tab2list(processes), is_process_alive(Pid)]),
    lists:join(" ", [Answer || Answer =/= ""] ++ Happened ++ ["@" ++ lists:join(",", Living)]).

%% Quiet twice in a row, with nothing logged in between.
quiesce(Before) ->
    case is_quiet() of
        true ->
            case ets:info(events, size) of
                Before -> ok;
                Now -> erlang:yield(), quiesce(Now)
            end;
        false -> timer:sleep(0), quiesce(-1)
    end.

is_quiet() ->
    Processes = ets:tab2list(processes),
    lists:all(fun is_noticed/1, Processes) andalso
        lists:all(fun({_, Pid, _, Type}) -> Type =:= worker orelse is_idle(Pid) end, Processes).

%% A process that lives, or whose end has reached its supervisor.
is_noticed({_, Pid, Parent, _}) ->
    is_process_alive(Pid) orelse
        case process_info(Parent, links) of
            undefined -> true;
            {links, Links} -> not lists:member(Pid, Links)
        end.

%% A supervisor that waits for messages, or for a child that is slow to stop.
is_idle(Pid) ->
    case process_info(Pid, [status, message_queue_len, current_function, monitors]) of
        undefined -> true;
        [{status, waiting}, {message_queue_len, 0}, {current_function, {gen_server, _, _}}, _] -> true;
        [{status, waiting}, {message_queue_len, 0}, {current_function, {erlang, hibernate, 3}}, _] -> true;
        [{status, waiting}, _, {current_function, {supervisor, shutdown, 1}}, {monitors, [{process, Child}]}] ->
            is_process_alive(Child) andalso is_slow(Child);
        _ -> false
    end.

is_slow(Pid) ->
    case [{Path, Type} || {Path, P, _, Type} <- ets:tab2list(processes), P =:= Pid] of
        [{Path, worker}] -> ets:lookup(stopping, Path) =:= [{Path, slow}];
        [{_, supervisor}] -> not_waiting_for_messages(Pid) andalso is_idle(Pid);
        [] -> false
    end.

not_waiting_for_messages(Pid) ->
    process_info(Pid, current_function) =:= {current_function, {supervisor, shutdown, 1}}.

%% Processes

start_supervisor(Within, Tree) ->
    supervisor:start_link(?MODULE, {Within, Tree}).

init({Within, {supervisor, Id, Flags, Children}}) ->
    Path = path(Within, Id),
    enter(Path, supervisor),
    {ok, {Flags, [child(Path, Child) || Child <- Children]}}.

child(Path, {worker, Id, Options, Nature, Shutdown}) ->
    Start = {?MODULE, start_worker, [path(Path, Id), Nature]},
    Options#{id => Id, start => Start, shutdown => Shutdown};
child(Path, {supervisor, Id, Options, Flags, Children}) ->
    Start = {?MODULE, start_supervisor, [Path, {supervisor, Id, Flags, Children}]},
    Options#{id => Id, start => Start, type => supervisor}.

start_worker(Path, Nature) ->
    proc_lib:start_link(?MODULE, worker, [Path, Nature, self()]).

worker(Path, Nature, Parent) ->
    process_flag(trap_exit, true),
    enter(Path, worker),
    proc_lib:init_ack({ok, self()}),
    receive
        {'EXIT', Parent, shutdown} -> stop(Path, Nature);
        Reason when is_atom(Reason) -> log("!" ++ Path ++ "=" ++ atom_to_list(Reason)), exit(Reason)
    end.

stop(Path, Nature) ->
    ets:insert(stopping, {Path, Nature}),
    log("~" ++ Path),
    case Nature of
        quick -> ok;
        slow -> receive finish -> ok end;
        stubborn -> ets:delete(stopping, Path), receive never -> ok end
    end,
    log("-" ++ Path),
    ets:delete(stopping, Path),
    exit(shutdown).

enter(Path, Type) ->
    [Parent | _] = get('$ancestors'),
    ets:insert(processes, {Path, self(), Parent, Type}),
    log("+" ++ Path).

log(Token) ->
    ets:insert(events, {erlang:unique_integer([monotonic]), Token}).

path("", Id) -> Id;
path(Within, Id) -> Within ++ "/" ++ Id.
